using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using SemiDefect.Anomaly.Server.Jobs;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>/api/v1/jobs: background jobs.</summary>
internal static class JobEndpoints
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder jobs = api.MapGroup("/jobs").WithTags("jobs");
        jobs.MapGet("/", (JobRunner runner) => new JobListJson(runner.List()))
            .WithName("list-jobs")
            .WithSummary("The jobs, from the newest to the oldest.")
            .Produces<JobListJson>();
        jobs.MapGet("/{id:long}", (JobRunner runner, long id) => Known(runner, id))
            .WithName("get-job")
            .WithSummary("One job.")
            .Produces<JobJson>()
            .ProducesProblem(404);
        jobs.MapDelete("/{id:long}", Cancel)
            .WithName("cancel-job")
            .WithSummary("Cancels a job.")
            .Produces<JobJson>(202)
            .ProducesProblem(404);
        jobs.MapGet("/{id:long}/events", Events)
            .WithName("watch-job")
            .WithSummary("The state of a job whenever it changes, as server-sent events, until it ends.")
            .Produces<JobJson>(200, "text/event-stream")
            .ProducesProblem(404);
    }

    private static JobJson Known(JobRunner runner, long id) =>
        runner.Find(id)?.State ?? runner.List().FirstOrDefault(job => job.Id == id) ?? throw NoJob(id);

    private static Accepted<JobJson> Cancel(JobRunner runner, long id)
    {
        Job job = runner.Find(id) ?? throw NoJob(id);
        if (!job.HasEnded)
        {
            job.Cancel();
        }

        return TypedResults.Accepted($"/api/v1/jobs/{id}", job.State);
    }

    private static ServerSentEventsResult<JobJson> Events(
        HttpContext context,
        JobRunner runner,
        IHostApplicationLifetime lifetime,
        long id)
    {
        Job job = runner.Find(id) ?? throw NoJob(id);
        return TypedResults.ServerSentEvents(
            WatchAsync(job, lifetime.ApplicationStopping, context.RequestAborted),
            "job");
    }

    private static async IAsyncEnumerable<JobJson> WatchAsync(
        Job job,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // An open event stream must not delay a stop of the server.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        while (true)
        {
            (JobJson state, Task changed) = job.Watch();
            yield return state;
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
