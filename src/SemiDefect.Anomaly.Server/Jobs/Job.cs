using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Server.Api;

namespace SemiDefect.Anomaly.Server.Jobs;

/// <summary>A background job. Thread-safe.</summary>
internal sealed class Job(
    long id,
    NewJob job,
    DateTimeOffset created) : IProgress<FitProgress>, IProgress<TuningProgress>, IDisposable
{
    private const int MostNotices = 20;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _change = NewChange();
    private JobJson _state =
        new(id, job.Kind, job.Model, JobState.Waiting, null, 0, 0, [], null, created, null, job.Actor, null, true);

    public long Id => id;

    public CancellationToken StopToken => _stop.Token;

    /// <summary>The current state, and a task that completes when it changes.</summary>
    public (JobJson State, Task Changed) Watch()
    {
        lock (_lock)
        {
            return (_state, _change.Task);
        }
    }

    public JobJson State => Watch().State;

    public bool HasEnded => State.Ended is not null;

    public void Cancel() => _stop.Cancel();

    public void Notice(string notice) =>
        Set(state => state.Notices.Count < MostNotices ? state with { Notices = [.. state.Notices, notice] } : state);

    /// <summary>Records the version that the job has made.</summary>
    public void Made(int version) => Set(state => state with { Version = version });

    public void Start() => Set(state => state with { State = JobState.Running });

    public void End(string state, string? error, DateTimeOffset time) =>
        Set(old => old with { State = state, Error = error, Ended = time });

    /// <summary>Records how much of a stage is done.</summary>
    public void Advance(string stage, int done, int total) =>
        Set(state => state with { Stage = stage, Done = done, Total = total });

    void IProgress<FitProgress>.Report(FitProgress value) =>
        Advance(value.Stage.ToString().ToLowerInvariant(), value.Done, value.Total);

    void IProgress<TuningProgress>.Report(TuningProgress value) => Set(state => state with
    {
        Stage = "tuning",
        Done = value.Done,
        Total = value.Total,
    });

    public void Dispose() => _stop.Dispose();

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Set(Func<JobJson, JobJson> change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _state = change(_state);
            changed = _change;
            _change = NewChange();
        }

        changed.SetResult();
    }
}
