using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Evaluation.Metrics;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Security;
using SemiDefect.Anomaly.Server.Statistics;
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
        models.MapGet("/{model}", GetAsync)
            .WithName("get-model")
            .WithSummary("The details of a model.")
            .Produces<ModelJson>()
            .ProducesProblem(404);
        models.MapPut("/{model}", UploadAsync)
            .WithName("upload-model")
            .WithSummary("Adds a version of a model and activates it: the body is a detector file.")
            .WithDescription(
                "Refused if a known defect would be lost, unless override = true and a reason are given; the version "
                    + "is then kept as a candidate.")
            .Produces<ModelJson>()
            .ProducesProblem(409)
            .ProducesProblem(413)
            .ProducesProblem(422);
        models.MapDelete("/{model}", DeleteAsync)
            .WithName("delete-model")
            .WithSummary("Deletes a model and its training images; its history stays. This can be undone for a day.")
            .Produces(204)
            .ProducesProblem(404)
            .ProducesProblem(409);
        models.MapPost("/{model}/restore", RestoreAsync)
            .WithName("restore-model")
            .WithSummary("Brings back a model that was deleted within the last day.")
            .Produces<ModelJson>()
            .ProducesProblem(404)
            .ProducesProblem(409);
        models.MapPut("/{model}/threshold", SetThresholdAsync)
            .WithName("set-threshold")
            .WithSummary("Sets the thresholds by a value, or by a false-alarm rate and a check rate, in a new version.")
            .WithDescription(
                "Values below 0 or above 10 times the highest out-of-fold score are refused without force = true. "
                    + "Refused if a known defect would be lost, unless override = true and a reason are given.")
            .Produces<ThresholdChangeJson>()
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesProblem(422);
        models.MapGet("/{model}/advice", Advise)
            .WithName("get-advice")
            .WithSummary("What operator verdicts suggest about the threshold.")
            .Produces<AdviceJson>()
            .ProducesProblem(404);
    }

    private static ModelListJson List(ModelRegistry registry, Trash trash, DriftMonitor drift) => new(
    [
        .. registry.Names()
            .Select(name => (Name: name, File: new FileInfo(registry.PathOf(name))))
            .Where(item => item.File.Exists)
            .Select(item =>
            {
                (bool loaded, string? error) = registry.State(item.Name);
                return new ModelSummaryJson(
                    item.Name,
                    item.File.Length,
                    item.File.LastWriteTimeUtc,
                    loaded,
                    error,
                    drift.Find(item.Name)?.IsDrift == true);
            }),
    ],
    [.. trash.List().Select(one => new DeletedJson(one.Kind, one.Name, one.Time, one.Until, one.Actor))]);

    private static async Task<ModelJson> GetAsync(
        ModelRegistry registry,
        ModelVersions versions,
        TrainingStore training,
        string model,
        CancellationToken cancellationToken)
    {
        DetectorDescription detector = registry.ReadDescription(model);
        (bool loaded, string? error) = registry.State(model);
        (IReadOnlyList<string> names, long bytes) = training.List(model);
        (IReadOnlyList<ModelVersion> all, ModelVersion? active) = await versions.ListAsync(model, cancellationToken)
            .ConfigureAwait(false);
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
            DetectorFacts.RateOf(thresholds.Options),
            thresholds.ImageScores,
            new TrainingSetJson(names.Count, bytes),
            loaded,
            error,
            active?.Number,
            RuleRate(all, active),
            ThresholdLimits.Highest(thresholds.ImageScores),
            thresholds.Check is { } check ? ToJson(check) : null,
            thresholds.Options.CheckRate,
            RuleFacts(all, active)?.CheckRate ?? 0);
    }

    // The rate to return to: the one in use, or the last one before the threshold was set by hand.
    private static double RuleRate(IReadOnlyList<ModelVersion> versions, ModelVersion? active) =>
        RuleFacts(versions, active)?.Rate ?? new ThresholdOptions().FalseAlarmRate;

    private static DetectorFacts? RuleFacts(IReadOnlyList<ModelVersion> versions, ModelVersion? active) =>
        active?.Facts.Rate is not null
            ? active.Facts
            : versions
                .Where(version => version.Activated is not null && version.Facts.Rate is not null)
                .OrderByDescending(version => version.Activated)
                .FirstOrDefault()?.Facts;

    private static async Task<ModelJson> UploadAsync(
        HttpContext context,
        Caller caller,
        ServerOptions options,
        ModelRegistry registry,
        ModelVersions versions,
        TrainingStore training,
        JobRunner jobs,
        string model,
        bool? @override,
        string? reason)
    {
        ModelName.Check(model);
        jobs.RefuseDuring(model);
        Override permission = Override.Of(@override, reason);
        if (context.Request.ContentLength > options.MaxModelBytes)
        {
            throw new ProblemException(413, "too-large", $"A detector file may have {options.MaxModelBytes} bytes.");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.MaxModelBytes;
        }

        string temporary = registry.NewTemporaryPath();
        try
        {
            await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                await context.Request.Body.CopyToAsync(stream, context.RequestAborted).ConfigureAwait(false);
            }

            await versions.UploadAsync(model, temporary, caller.Name, permission, context.RequestAborted)
                .ConfigureAwait(false);
        }
        catch (SemiDefectException error) when (error.Message.Contains(temporary, StringComparison.Ordinal))
        {
            throw ProblemException.Invalid(error.Message.Replace(temporary, model, StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(temporary);
        }

        return await GetAsync(registry, versions, training, model, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task<NoContent> DeleteAsync(
        Caller caller,
        JobRunner jobs,
        Trash trash,
        string model,
        CancellationToken cancellationToken)
    {
        jobs.RefuseDuring(model);
        await trash.DeleteModelAsync(model, caller.Name, cancellationToken).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<ModelJson> RestoreAsync(
        Caller caller,
        ModelRegistry registry,
        ModelVersions versions,
        TrainingStore training,
        JobRunner jobs,
        Trash trash,
        string model,
        CancellationToken cancellationToken)
    {
        jobs.RefuseDuring(model);
        await trash.RestoreAsync(model, Deletion.Model, caller.Name, cancellationToken).ConfigureAwait(false);
        return await GetAsync(registry, versions, training, model, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<ThresholdChangeJson> SetThresholdAsync(
        Caller caller,
        ModelRegistry registry,
        ModelVersions versions,
        string model,
        ThresholdRequest request,
        CancellationToken cancellationToken)
    {
        bool isCheckAlone = request is { Value: null, FalseAlarmRate: null, PixelValue: null, CheckRate: not null };
        if (!isCheckAlone && request.Value is null == request.FalseAlarmRate is null)
        {
            throw ProblemException.Invalid("Give either value or false_alarm_rate, or only check_rate.");
        }

        if (request is { Value: not null, CheckRate: > 0 })
        {
            throw ProblemException.Invalid("A check_rate goes with a false_alarm_rate, not with a value.");
        }

        registry.Require(model);
        if (request.Force != true)
        {
            ThresholdLimits.Check(registry.ReadDescription(model).Thresholds, request.Value, request.PixelValue);
        }

        // Without a check rate in the request, the one in use stays, or the last one before the threshold was set by
        // hand; not where it would lie above the threshold.
        (IReadOnlyList<ModelVersion> all, ModelVersion? active) = await versions.ListAsync(model, cancellationToken)
            .ConfigureAwait(false);
        double kept = RuleFacts(all, active)?.CheckRate ?? 0;
        ThresholdOptions Change(ThresholdOptions now) => request switch
        {
            { Value: { } value } => new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = value },
            { FalseAlarmRate: { } rate } => new ThresholdOptions
            {
                FalseAlarmRate = rate,
                CheckRate = request.CheckRate ?? (kept > rate ? kept : 0),
            },
            _ => now with { CheckRate = request.CheckRate!.Value },
        };
        (ModelVersion version, (DetectorThresholds before, DetectorThresholds after)) = await versions
            .SetThresholdAsync(
                model,
                caller.Name,
                Override.Of(request.Override, request.Reason),
                (from, to) => AnomalyDetector.ChangeThresholds(from, Change, request.PixelValue, to),
                cancellationToken)
            .ConfigureAwait(false);
        return new ThresholdChangeJson(
            ToJson(before.Image),
            ToJson(after.Image),
            ToJson(before.Pixel),
            ToJson(after.Pixel),
            version.Number,
            before.Check is { } checkBefore ? ToJson(checkBefore) : null,
            after.Check is { } checkAfter ? ToJson(checkAfter) : null);
    }

    private static AdviceJson Advise(
        ModelRegistry registry,
        InspectionStore store,
        UpdateWork update,
        string model)
    {
        double now = registry.ReadDescription(model).Thresholds.Image.Value;
        InspectionRecord[] judged =
        [
            .. Verdicts.All.SelectMany(verdict =>
                store.List(new InspectionFilter { Model = model, Verdict = verdict }, MostVerdicts)),
        ];
        InspectionRecord[] good = [.. judged.Where(record => !record.IsKnownDefect)];
        InspectionRecord[] bad = [.. judged.Where(record => record.IsKnownDefect)];
        double[] scores = [.. judged.Select(record => record.Score)];
        bool[] truth = [.. judged.Select(record => record.IsKnownDefect)];
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
            update.Pending(model).Count);
    }

    private static ThresholdJson ToJson(ThresholdEstimate threshold) =>
        new(threshold.Value, threshold.Method, threshold.Note);
}
