namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>
/// Wakes those who wait for new inspections. It carries no inspections: each reader takes them from the history, so a
/// slow reader needs no memory and misses nothing. Thread-safe.
/// </summary>
internal sealed class InspectionFeed
{
    private const int MostReaders = 200;

    private TaskCompletionSource _next = Waiting();
    private int _readers;

    /// <summary>Completes after the next inspections are stored. Take it before reading the history.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Says that inspections were stored.</summary>
    public void Announce() => Interlocked.Exchange(ref _next, Waiting()).SetResult();

    /// <summary>Takes one of the places for readers; false if all are taken.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _readers) <= MostReaders)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>Frees the place of a reader.</summary>
    public void Leave() => Interlocked.Decrement(ref _readers);

    private static TaskCompletionSource Waiting() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
