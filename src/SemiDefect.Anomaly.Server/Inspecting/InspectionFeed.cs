namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>
/// Wakes those who wait for new inspections. It carries no inspections: each reader takes them from the history, so a
/// slow reader needs no memory and misses nothing. Thread-safe.
/// </summary>
internal sealed class InspectionFeed
{
    private TaskCompletionSource _next = Waiting();

    /// <summary>Completes after the next inspections are stored. Take it before reading the history.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Says that inspections were stored.</summary>
    public void Announce() => Interlocked.Exchange(ref _next, Waiting()).SetResult();

    private static TaskCompletionSource Waiting() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
