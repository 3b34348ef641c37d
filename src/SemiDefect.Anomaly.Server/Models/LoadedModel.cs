using SemiDefect.Anomaly.Server.Inspecting;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>
/// A detector, loaded from a private copy of its file, and its batches. It closes once it is retired and the last lease
/// is returned. Thread-safe.
/// </summary>
internal sealed class LoadedModel
{
    private readonly Lock _lock = new();
    private readonly string _snapshotPath;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _leases;
    private bool _retired;

    public LoadedModel(
        string name,
        string version,
        ModelStamp stamp,
        string snapshotPath,
        AnomalyDetector detector,
        BatchFormer batches)
    {
        Name = name;
        Version = version;
        Stamp = stamp;
        _snapshotPath = snapshotPath;
        Detector = detector;
        LearnedSizes = detector.Description.GoldenSizes;
        Batches = batches;
    }

    public string Name { get; }

    /// <summary>The first digits of the file's SHA-256.</summary>
    public string Version { get; }

    public ModelStamp Stamp { get; }

    /// <summary>The private copy of its file.</summary>
    public string SnapshotPath => _snapshotPath;

    public AnomalyDetector Detector { get; }

    /// <summary>Sizes of images that it learned from; empty if its file keeps none.</summary>
    public IReadOnlyList<(int Width, int Height)> LearnedSizes { get; }

    public BatchFormer Batches { get; }

    /// <summary>When it was last leased, as <see cref="Environment.TickCount64"/>.</summary>
    public long LastUse { get; private set; } = Environment.TickCount64;

    /// <summary>Completes when the model is closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>A lease that keeps the model open; null if it is already retired.</summary>
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

    /// <summary>Grants no more leases.</summary>
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
