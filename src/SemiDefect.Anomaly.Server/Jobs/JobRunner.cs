using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Telemetry;

namespace SemiDefect.Anomaly.Server.Jobs;

/// <summary>Runs jobs one at a time, in the background. Stopping the server cancels them. Thread-safe.</summary>
internal sealed class JobRunner(
    JobStore store,
    ServerMetrics metrics,
    TimeProvider clock,
    ILogger<JobRunner> logger) : BackgroundService
{
    private const int MostWaiting = 16;
    private const int MostKept = 100;

    private readonly ConcurrentDictionary<long, Job> _jobs = [];
    private readonly SemaphoreSlim _starting = new(1);
    private readonly Channel<(Job Job, Func<Job, Task> Work)> _waiting =
        Channel.CreateBounded<(Job, Func<Job, Task>)>(MostWaiting);

    /// <summary>Queues a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="work">The work; it reports progress to the job and observes its token.</param>
    /// <exception cref="ProblemException">The queue is full, or the model already has a job.</exception>
    public async Task<JobJson> StartAsync(NewJob job, Func<Job, Task> work)
    {
        await _starting.WaitAsync().ConfigureAwait(false);
        try
        {
            return await AddAsync(job, work).ConfigureAwait(false);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Refuses a change that a waiting or running job of the model would suffer from.</summary>
    /// <exception cref="ProblemException">The model has a job under way (409).</exception>
    public void RefuseDuring(string model)
    {
        if (_jobs.Values.Any(job => !job.HasEnded && job.State.Model == model))
        {
            throw new ProblemException(
                409,
                "under-way",
                $"The model '{model}' has a job under way: wait for it, or cancel it.",
                10);
        }
    }

    /// <summary>A job started since the server started; null if there is none.</summary>
    public Job? Find(long id) => _jobs.GetValueOrDefault(id);

    /// <summary>The jobs, from the newest to the oldest.</summary>
    public IReadOnlyList<JobJson> List() => [.. store.List(MostKept).Select(job => Find(job.Id)?.State ?? job)];

    /// <summary>The number of jobs that wait and that run.</summary>
    public IEnumerable<Measurement<int>> Measure() => new[] { JobState.Waiting, JobState.Running }
        .Select(state => new Measurement<int>(
            _jobs.Values.Count(job => job.State.State == state),
            new KeyValuePair<string, object?>("state", state)));

    /// <summary>Marks the jobs of a killed process as interrupted. Called before requests are accepted.</summary>
    public Task RecoverAsync() => store.InterruptAsync(clock.GetUtcNow());

    public override void Dispose()
    {
        // This cancels the running job, or one that has just ended, so jobs are disposed after it.
        base.Dispose();
        foreach (Job job in _jobs.Values)
        {
            job.Dispose();
        }

        _starting.Dispose();
    }

    private async Task<JobJson> AddAsync(NewJob started, Func<Job, Task> work)
    {
        RefuseDuring(started.Model);
        DateTimeOffset now = clock.GetUtcNow();
        var job = new Job(await store.AddAsync(started, now).ConfigureAwait(false), started, now);
        _jobs[job.Id] = job;
        if (!_waiting.Writer.TryWrite((job, work)))
        {
            await EndAsync(job, JobState.Failed, "Too many jobs were waiting.").ConfigureAwait(false);
            throw new ProblemException(429, "busy", $"{MostWaiting} jobs are waiting already; try again later.", 30);
        }

        return job.State;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach ((Job job, Func<Job, Task> work) in _waiting.Reader.ReadAllAsync(stoppingToken)
                .ConfigureAwait(false))
            {
                using CancellationTokenRegistration registration = stoppingToken.Register(job.Cancel);
                await RunAsync(job, work, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The server is stopping; waiting jobs are marked as interrupted at the next start.
        }
    }

    private async Task RunAsync(Job job, Func<Job, Task> work, CancellationToken stoppingToken)
    {
        try
        {
            job.StopToken.ThrowIfCancellationRequested();
            job.Start();
            await work(job).ConfigureAwait(false);
            await EndAsync(job, JobState.Done, null).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            bool isStop = stoppingToken.IsCancellationRequested;
            await EndAsync(job, isStop ? JobState.Interrupted : JobState.Cancelled, null).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SemiDefectException or ProblemException)
        {
            await EndAsync(job, JobState.Failed, error.Message).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            logger.JobFailed(error, job.Id);
            await EndAsync(job, JobState.Failed, "The server failed; its log says why.").ConfigureAwait(false);
        }
    }

    private async Task EndAsync(Job job, string state, string? error)
    {
        job.End(state, error, clock.GetUtcNow());
        metrics.JobEnded(job.State.Kind, state);
        await store.EndAsync(job.State).ConfigureAwait(false);
        IEnumerable<Job> ended = _jobs.Values.Where(other => other.HasEnded).OrderByDescending(other => other.Id);
        foreach (Job old in ended.Skip(MostKept))
        {
            _jobs.TryRemove(old.Id, out _);
        }
    }
}
