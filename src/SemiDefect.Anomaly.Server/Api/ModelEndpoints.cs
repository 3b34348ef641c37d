using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Evaluation.Metrics;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>/api/v1/models: the models and their thresholds.</summary>
internal static class ModelEndpoints
{
    private const int MostVerdicts = 10_000;
    private const int FewestVerdicts = 5;

    public static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder models = api.MapGroup("/models").WithTags("models");
        models.MapGet("/", List).WithName("list-models").WithSummary("The models.").Produces<ModelListJson>();
        models.MapGet("/{model}", Get)
            .WithName("get-model")
            .WithSummary("The details of a model.")
            .Produces<ModelJson>()
            .ProducesProblem(404);
        models.MapPut("/{model}", UploadAsync)
            .WithName("upload-model")
            .WithSummary("Adds or replaces a model: the body is a detector file.")
            .Produces<ModelJson>()
            .ProducesProblem(413)
            .ProducesProblem(422);
        models.MapDelete("/{model}", DeleteAsync)
            .WithName("delete-model")
            .WithSummary("Deletes a model; its history stays.")
            .Produces(204)
            .ProducesProblem(404);
        models.MapPut("/{model}/threshold", SetThresholdAsync)
            .WithName("set-threshold")
            .WithSummary("Sets the threshold by a value, or by a false-alarm rate.")
            .Produces<ThresholdChangeJson>()
            .ProducesProblem(404)
            .ProducesProblem(422);
        models.MapGet("/{model}/advice", Advise)
            .WithName("get-advice")
            .WithSummary("What operator verdicts suggest about the threshold.")
            .Produces<AdviceJson>()
            .ProducesProblem(404);
    }

    private static ModelListJson List(ModelRegistry registry) => new(
    [
        .. registry.Names()
            .Select(name => (Name: name, File: new FileInfo(registry.PathOf(name))))
            .Where(item => item.File.Exists)
            .Select(item =>
            {
                (bool loaded, string? error) = registry.State(item.Name);
                return new ModelSummaryJson(item.Name, item.File.Length, item.File.LastWriteTimeUtc, loaded, error);
            }),
    ]);

    private static ModelJson Get(ModelRegistry registry, TrainingStore training, string model)
    {
        DetectorDescription detector = registry.ReadDescription(model);
        (bool loaded, string? error) = registry.State(model);
        (IReadOnlyList<string> names, long bytes) = training.List(model);
        DetectorThresholds thresholds = detector.Thresholds;
        return new ModelJson(
            model,
            detector.Engine,
            detector.Lanes[0].Backbone,
            detector.Lanes[0].Taps,
            detector.Preset,
            detector.Images.Count,
            detector.BankRows,
            detector.Lanes[0].Dimension,
            ToJson(thresholds.Image),
            ToJson(thresholds.Pixel),
            thresholds.Options.Method is ThresholdMethod.Conformal or ThresholdMethod.Quantile
                ? thresholds.Options.FalseAlarmRate
                : null,
            thresholds.ImageScores,
            new TrainingSetJson(names.Count, bytes),
            loaded,
            error);
    }

    private static async Task<ModelJson> UploadAsync(
        HttpContext context, ServerOptions options, ModelRegistry registry, TrainingStore training, string model)
    {
        ModelName.Check(model);
        if (context.Request.ContentLength > options.MaxModelBytes)
        {
            throw new ProblemException(413, "too-large", $"A detector file may have {options.MaxModelBytes} bytes.");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.MaxModelBytes;
        }

        // The upload gets a name that no model can have until it has been validated.
        string temporary = Path.Combine(options.ModelsFolder, $".{Guid.NewGuid():N}.upload");
        try
        {
            await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                await context.Request.Body.CopyToAsync(stream, context.RequestAborted).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            try
            {
                await Task.Run(() => AnomalyDetector.ReadDescription(temporary), context.RequestAborted)
                    .ConfigureAwait(false);
            }
            catch (SemiDefectException error)
            {
                throw ProblemException.Invalid(error.Message.Replace(temporary, model, StringComparison.Ordinal));
            }

            await registry.ChangeAsync(model, path => Replace(temporary, path), context.RequestAborted)
                .ConfigureAwait(false);
        }
        finally
        {
            File.Delete(temporary);
        }

        return Get(registry, training, model);
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context,
        ModelRegistry registry,
        TrainingStore training,
        string model)
    {
        RequireFile(registry, model);
        await registry.ChangeAsync(
            model,
            path =>
            {
                File.Delete(path);
                training.DeleteAll(model);
                return true;
            },
            context.RequestAborted).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<ThresholdChangeJson> SetThresholdAsync(
        HttpContext context,
        ModelRegistry registry,
        string model,
        ThresholdRequest request)
    {
        if (request.Value is null == request.FalseAlarmRate is null)
        {
            throw ProblemException.Invalid("Give either value or false_alarm_rate.");
        }

        RequireFile(registry, model);
        ThresholdOptions options = request.Value is { } value
            ? new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = value }
            : new ThresholdOptions { FalseAlarmRate = request.FalseAlarmRate!.Value };
        (DetectorThresholds before, DetectorThresholds after) = await registry
            .ChangeAsync(
                model,
                path => AnomalyDetector.ChangeThresholds(path, options, request.PixelValue),
                context.RequestAborted)
            .ConfigureAwait(false);
        return new ThresholdChangeJson(
            ToJson(before.Image),
            ToJson(after.Image),
            ToJson(before.Pixel),
            ToJson(after.Pixel));
    }

    private static AdviceJson Advise(
        ModelRegistry registry,
        InspectionStore store,
        TrainingStore training,
        string model)
    {
        double now = registry.ReadDescription(model).Thresholds.Image.Value;
        InspectionRecord[] judged =
        [
            .. Verdicts.All.SelectMany(verdict =>
                store.List(new InspectionFilter { Model = model, Verdict = verdict }, MostVerdicts)),
        ];
        bool IsBad(InspectionRecord record) =>
            record.Verdict == Verdicts.Missed || (record.Verdict == Verdicts.Confirmed && record.IsAbnormal);
        InspectionRecord[] good = [.. judged.Where(record => !IsBad(record))];
        InspectionRecord[] bad = [.. judged.Where(IsBad)];
        double[] scores = [.. judged.Select(record => record.Score)];
        bool[] truth = [.. judged.Select(IsBad)];
        bool enough = good.Length >= FewestVerdicts && bad.Length >= FewestVerdicts;
        ImageMetrics? metrics = enough ? ImageMetrics.Compute(scores, truth) : null;
        return new AdviceJson(
            good.Length,
            bad.Length,
            good.Length == 0 ? null : good.Max(record => record.Score),
            bad.Length == 0 ? null : bad.Min(record => record.Score),
            metrics?.F1MaxThreshold,
            metrics?.F1Max,
            enough ? Confusion.At(now, scores, truth).F1 : null,
            training.CountFalseAlarms(model));
    }

    private static void RequireFile(ModelRegistry registry, string model)
    {
        if (!File.Exists(registry.PathOf(model)))
        {
            throw ProblemException.NotFound($"There is no model '{model}'.");
        }
    }

    private static bool Replace(string from, string to)
    {
        try
        {
            File.Move(from, to, overwrite: true);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"The model cannot be written: {error.Message}", error);
        }
    }

    private static ThresholdJson ToJson(ThresholdEstimate threshold) =>
        new(threshold.Value, threshold.Method, threshold.Note);
}
