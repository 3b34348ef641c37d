using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Models;

namespace SemiDefect.Anomaly.Server.Jobs;

/// <summary>
/// Starts the jobs that make versions or compare two, and starts an ended one again. A job that makes a version ends
/// with what it would do to the known defects. Thread-safe.
/// </summary>
internal sealed class ModelJobs(
    JobRunner runner,
    JobStore store,
    FitWork fit,
    UpdateWork update,
    ModelVersions versions,
    DefectCheck check,
    VersionComparison comparison)
{
    public const string Fit = "fit";
    public const string Update = "update";
    public const string Compare = "compare";

    private const int LongestReason = 500;

    public Task<JobJson> FitAsync(string model, FitRequest request, string actor)
    {
        if (request.Reason is { Length: > LongestReason })
        {
            throw ProblemException.Invalid($"A reason may have {LongestReason} characters.");
        }

        Func<Job, Task<ModelVersion>> work = fit.Prepare(model, request, actor);
        return StartAsync(Fit, model, actor, request, ServerJson.Types.FitRequest, async job =>
        {
            ModelVersion version = await work(job).ConfigureAwait(false);
            ModelVersion? active = await versions.FindActiveAsync(model, job.StopToken).ConfigureAwait(false);
            DefectLoss loss = await check.CompareAsync(active, version, job.StopToken).ConfigureAwait(false);
            job.Made(version.Number);
            if (active is null || (request.Activate == true && loss.Lost.Count == 0))
            {
                await versions.ActivateAsync(
                    model,
                    version.Number,
                    actor,
                    Override.Of(false, request.Reason),
                    job.StopToken).ConfigureAwait(false);
            }
            else
            {
                Say(job, version, active, loss);
            }
        });
    }

    public Task<JobJson> UpdateAsync(string model, UpdateRequest request, string actor)
    {
        Func<Job, Task<ModelVersion>> work = update.Prepare(model, request, actor);
        return StartAsync(Update, model, actor, request, ServerJson.Types.UpdateRequest, async job =>
        {
            ModelVersion version = await work(job).ConfigureAwait(false);
            ModelVersion? active = await versions.FindActiveAsync(model, job.StopToken).ConfigureAwait(false);
            DefectLoss loss = await check.CompareAsync(active, version, job.StopToken).ConfigureAwait(false);
            job.Made(version.Number);
            if (active is not null)
            {
                Say(job, version, active, loss);
            }
        });
    }

    /// <summary>Scores the latest inspections with two versions, so that they can be compared.</summary>
    /// <exception cref="ProblemException">There is no such version, or the count is out of range.</exception>
    public Task<JobJson> CompareAsync(string model, ComparisonRequest request, string actor)
    {
        ModelVersion first = versions.Require(model, request.With);
        ModelVersion second = versions.Require(model, request.Version);
        int count = ComparisonRequest.CheckCount(request.Count);
        return StartAsync(Compare, model, actor, request, ServerJson.Types.ComparisonRequest, async job =>
        {
            job.Made(second.Number);
            await comparison.ScoreAsync(
                first,
                second,
                count,
                (done, total) => job.Advance("comparing", done, total),
                job.StopToken).ConfigureAwait(false);
        });
    }

    /// <summary>Starts an ended job again, with the same options.</summary>
    /// <exception cref="ProblemException">There is no such job, or it cannot be started again.</exception>
    public Task<JobJson> RestartAsync(long id, string actor)
    {
        StoredRequest job = store.FindRequest(id) ?? throw ProblemException.NotFound($"There is no job {id}.");
        return (job.Kind, job.Request) switch
        {
            (_, null) => throw ProblemException.Invalid(
                $"Job {id} was started by an older version, which did not keep its options: start a new one."),
            (Fit, { } request) => FitAsync(
                job.Model,
                JsonSerializer.Deserialize(request, ServerJson.Types.FitRequest)!,
                actor),
            (Compare, { } request) => CompareAsync(
                job.Model,
                JsonSerializer.Deserialize(request, ServerJson.Types.ComparisonRequest)!,
                actor),
            (_, { } request) => UpdateAsync(
                job.Model,
                JsonSerializer.Deserialize(request, ServerJson.Types.UpdateRequest)!,
                actor),
        };
    }

    private static void Say(Job job, ModelVersion version, ModelVersion active, DefectLoss loss) =>
        job.Notice(string.Create(
            CultureInfo.InvariantCulture,
            $"Version {version.Number} is a candidate: version {active.Number} stays active. Threshold "
                + $"{active.Facts.Threshold:G6} -> {version.Facts.Threshold:G6}; {loss.Lost.Count} of {loss.Known} "
                + $"known defects would be lost."));

    private Task<JobJson> StartAsync<T>(
        string kind,
        string model,
        string actor,
        T request,
        JsonTypeInfo<T> type,
        Func<Job, Task> work) => runner.StartAsync(
        new NewJob(kind, model, actor, JsonSerializer.Serialize(request, type)),
        job => Task.Run(() => work(job), job.StopToken));
}
