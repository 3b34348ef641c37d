using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Localization;
using SemiDefect.Anomaly.Server.Security;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>/api/v1/jobs: background jobs.</summary>
internal static class JobEndpoints
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder jobs = api.MapGroup("/jobs").WithTags("jobs");
        jobs.MapGet("/", List)
            .WithName("list-jobs")
            .WithSummary("The jobs, from the newest to the oldest.")
            .Produces<JobListJson>();
        jobs.MapGet("/{id:long}", Get)
            .WithName("get-job")
            .WithSummary("One job.")
            .Produces<JobJson>()
            .ProducesProblem(404);
        jobs.MapDelete("/{id:long}", Cancel)
            .WithName("cancel-job")
            .WithSummary("Cancels a job.")
            .Produces<JobJson>(202)
            .ProducesProblem(404);
        jobs.MapPost("/{id:long}/restart", RestartAsync)
            .WithName("restart-job")
            .WithSummary("Starts an ended job again, with the same options, as a new job.")
            .Produces<JobJson>(202)
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesProblem(422);
        jobs.MapGet("/{id:long}/events", Events)
            .WithName("watch-job")
            .WithSummary("The state of a job whenever it changes, as server-sent events, until it ends.")
            .Produces<JobJson>(200, "text/event-stream")
            .ProducesProblem(404);
    }

    private static JobListJson List(HttpContext context, JobRunner runner) =>
        new([.. runner.List().Select(job => Translate(context, job))]);

    private static JobJson Get(HttpContext context, JobRunner runner, JobStore store, long id) =>
        Translate(context, Known(runner, store, id));

    private static JobJson Translate(HttpContext context, JobJson job) => job.Error is { } error
        ? job with { Error = ProblemTranslator.Translate(context, error) }
        : job;

    private static JobJson Known(JobRunner runner, JobStore store, long id) =>
        runner.Find(id)?.State ?? store.Find(id) ?? throw NoJob(id);

    private static async Task<Accepted<JobJson>> RestartAsync(Caller caller, ModelJobs jobs, long id)
    {
        JobJson job = await jobs.RestartAsync(id, caller.Name).ConfigureAwait(false);
        return TypedResults.Accepted($"/api/v1/jobs/{job.Id}", job);
    }

    private static Accepted<JobJson> Cancel(JobRunner runner, JobStore store, long id)
    {
        Job? job = runner.Find(id);
        if (job?.HasEnded == false)
        {
            job.Cancel();
        }

        return TypedResults.Accepted($"/api/v1/jobs/{id}", Known(runner, store, id));
    }

    private static ServerSentEventsResult<JobJson> Events(
        HttpContext context,
        JobRunner runner,
        JobStore store,
        IHostApplicationLifetime lifetime,
        long id) => TypedResults.ServerSentEvents(
        runner.Find(id) is { } job
            ? WatchAsync(job, context, lifetime.ApplicationStopping, context.RequestAborted)
            : EndedAsync(Get(context, runner, store, id)),
        "job");

    // A job of an earlier run of the server has one last state.
    private static async IAsyncEnumerable<JobJson> EndedAsync(JobJson job)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return job;
    }

    private static async IAsyncEnumerable<JobJson> WatchAsync(
        Job job,
        HttpContext context,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // An open event stream must not delay a stop of the server.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        while (true)
        {
            (JobJson state, Task changed) = job.Watch();
            yield return Translate(context, state);
            if (state.Ended is not null)
            {
                yield break;
            }

            // At most every 100 ms; and a heartbeat without news, so that a dead connection is noticed.
            await Task.Delay(Pause, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.WhenAny(changed, Task.Delay(Heartbeat, stop.Token)).ConfigureAwait(false);
            if (stop.IsCancellationRequested)
            {
                yield break;
            }
        }
    }

    private static ProblemException NoJob(long id) => ProblemException.NotFound($"There is no job {id}.");
}
