namespace SemiDefect.Anomaly.Fleet.Inspecting;

/// <summary>What a worker has done since its start. Thread-safe.</summary>
internal sealed class WorkerCounters
{
    private long _inspected;
    private long _encoded;
    private long _failed;

    public void Inspected() => Interlocked.Increment(ref _inspected);

    public void Encoded() => Interlocked.Increment(ref _encoded);

    public void Failed() => Interlocked.Increment(ref _failed);

    /// <summary>The state with the current counts.</summary>
    public WorkerState In(WorkerState state) => state with
    {
        Inspected = Interlocked.Read(ref _inspected),
        Encoded = Interlocked.Read(ref _encoded),
        Failed = Interlocked.Read(ref _failed),
    };
}
