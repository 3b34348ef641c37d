using SemiDefect.Anomaly;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);

// In appsettings.json, or --Station:Detector FILE, or the environment variable Station__Detector.
string file = builder.Configuration["Station:Detector"] ?? "line.sdad";
AnomalyDetector detector;
try
{
    detector = AnomalyDetector.Load(file);
}
catch (SemiDefectException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

// A detector serves any number of requests at once; the host disposes of it.
builder.Services.AddSingleton(_ => detector);
WebApplication app = builder.Build();

app.MapGet("/health", () => "ready");
app.MapPost("/inspect", async (HttpRequest request, AnomalyDetector station, CancellationToken cancellationToken) =>
{
    using var content = new MemoryStream();
    await request.Body.CopyToAsync(content, cancellationToken);
    content.Position = 0;
    try
    {
        Inspection inspection = station.Inspect(content, "request", cancellationToken);
        return Results.Ok(new
        {
            Decision = DecisionRule.NameOf(inspection.Decision),
            inspection.Score,
            inspection.Threshold,
            inspection.Regions,
        });
    }
    catch (SemiDefectException error)
    {
        return Results.Problem(error.Message, statusCode: StatusCodes.Status400BadRequest);
    }
});

await app.RunAsync();
return 0;
