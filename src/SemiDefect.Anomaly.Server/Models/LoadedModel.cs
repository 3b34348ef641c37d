using SemiDefect.Anomaly.Server.Inspecting;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>
/// A detector that is ready, on a copy of its file that nobody else can change, and the batches formed for it. It closes when it
/// is retired and the last lease is given back. Thread-safe.
/// </summary>
internal sealed class LoadedModel
{
    private readonly Lock _lock = new();
    private readonly string _snapshotPath;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _leases;
    private bool _retired;

    public LoadedModel(string name, string version, ModelStamp stamp, string snapshotPath, AnomalyDetector detector, BatchFormer batches)
    {
        Name = name;
        Version = version;
        Stamp = stamp;
        _snapshotPath = snapshotPath;
        Detector = detector;
        Batches = batches;
    }

    public string Name { get; }

    /// <summary>The beginning of the file's SHA-256.</summary>
    public string Version { get; }

    public ModelStamp Stamp { get; }

    public AnomalyDetector Detector { get; }

    public BatchFormer Batches { get; }

    /// <summary>When it was last asked for, in ticks of the monotonic clock.</summary>
    public long LastUse { get; private set; } = Environment.TickCount64;

    /// <summary>Done when it is closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>A lease, during which it stays open; null when it is retired already.</summary>
    public ModelLease? TryLease()
    {
        lock (_lock)
        {
            if (_retired)
            {
                return null;
            }

            _leases++;
            LastUse = Environment.TickCount64;
            return new ModelLease(this);
        }
    }

    /// <summary>No new leases from here on.</summary>
    public void Retire()
    {
        lock (_lock)
        {
            if (_retired)
            {
                return;
            }

            _retired = true;
            if (_leases > 0)
            {
                return;
            }
        }

        _ = CloseAsync();
    }

    public void GiveBack()
    {
        lock (_lock)
        {
            if (--_leases > 0 || !_retired)
            {
                return;
            }
        }

        _ = CloseAsync();
    }

    private async Task CloseAsync()
    {
        await Batches.DisposeAsync().ConfigureAwait(false);
        Detector.Dispose();
        try
        {
            File.Delete(_snapshotPath);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next start clears the folder.
        }

        _closed.SetResult();
    }
}
