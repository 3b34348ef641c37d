// Serves the verdicts of a detector file (see ConsoleInspection for one) over HTTP:
// dotnet run -c Release --project samples/MinimalApi -- --detector die.sdad --urls http://127.0.0.1:5080
// curl --data-binary @IMAGE http://127.0.0.1:5080/inspect
// SemiDefect.Anomaly.Server has what a production line needs besides: keys, limits, batches, a history, a page.
using SemiDefect.Anomaly;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
string detectorFile = builder.Configuration["detector"]
    ?? throw new InvalidOperationException("Give the detector file: --detector FILE.");

// A detector serves any number of requests at once.
builder.Services.AddSingleton(_ => AnomalyDetector.Load(detectorFile));
WebApplication app = builder.Build();

app.MapPost("/inspect", async (HttpRequest request, AnomalyDetector detector, CancellationToken cancellationToken) =>
{
    // Images are decoded from memory; the web server refuses more than 30 MB.
    using var content = new MemoryStream();
    await request.Body.CopyToAsync(content, cancellationToken);
    content.Position = 0;
    try
    {
        Inspection inspection = detector.Inspect(content, "request", cancellationToken);
        return Results.Ok(new
        {
            Decision = DecisionRule.NameOf(inspection.Decision),
            inspection.Score,
            inspection.Threshold,
            inspection.PValue,
            inspection.Regions,
        });
    }
    catch (SemiDefectException error)
    {
        return Results.Problem(error.Message, statusCode: StatusCodes.Status400BadRequest);
    }
});

// The file is opened before the first request comes.
_ = app.Services.GetRequiredService<AnomalyDetector>();
app.Run();
