namespace SemiDefect.Anomaly.Fleet.Models;

/// <summary>
/// The detectors that a worker has open: the latest few, each checked once against what its fit recorded. Thread-safe.
/// Memory: that of <see cref="MostOpen"/> detectors, and of older ones until their last image is done.
/// </summary>
internal sealed class DetectorCache(
    Func<string, CancellationToken, Task<string>> fetch,
    Func<string, IFleetDetector> open) : IDisposable
{
    /// <summary>The number of detectors that stay open.</summary>
    public const int MostOpen = 4;

    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];

    /// <summary>The fingerprints of the open detectors.</summary>
    public IReadOnlyList<string> Open
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries.Where(entry => entry.Opened.IsCompletedSuccessfully).Select(entry => entry.Key)];
            }
        }
    }

    /// <summary>Opens a detector, or takes the open one; the caller disposes of the lease.</summary>
    /// <exception cref="ShutOutException">This machine does not compute what its fit recorded.</exception>
    /// <exception cref="SemiDefectException">The fleet does not have it, or it cannot be used here.</exception>
    public async Task<Lease> LeaseAsync(string fingerprint, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_lock)
        {
            int found = _entries.FindIndex(one => one.Key == fingerprint);
            entry = found >= 0
                ? _entries[found]
                : new Entry(fingerprint, Task.Run(() => OpenAsync(fingerprint), CancellationToken.None));
            if (found >= 0)
            {
                _entries.RemoveAt(found);
            }

            _entries.Add(entry);
            entry.Users++;
            while (_entries.Count > MostOpen)
            {
                Drop(_entries[0]);
            }
        }

        try
        {
            IFleetDetector detector = await entry.Opened.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new Lease(this, entry, detector);
        }
        catch
        {
            Release(entry, isFailed: entry.Opened.IsCompleted);
            throw;
        }
    }

    /// <summary>Disposes of the detectors that nobody uses; the others follow with their last lease.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            while (_entries.Count > 0)
            {
                Drop(_entries[0]);
            }
        }
    }

    private async Task<IFleetDetector> OpenAsync(string fingerprint)
    {
        string path = await fetch(fingerprint, CancellationToken.None).ConfigureAwait(false);
        IFleetDetector detector = open(path);
        try
        {
            if (detector.Fingerprint != fingerprint)
            {
                throw new ShutOutException(
                    $"the detector file of {fingerprint[..12]} has the fingerprint {detector.Fingerprint[..12]} here: "
                        + $"delete '{path}'.");
            }

            return detector.FindDeviation() is { } deviation
                ? throw new ShutOutException($"the detector {fingerprint[..12]} is not the same here: {deviation}.")
                : detector;
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }

    private void Release(Entry entry, bool isFailed)
    {
        lock (_lock)
        {
            entry.Users--;
            if (isFailed)
            {
                _entries.Remove(entry);
                entry.IsDropped = true;
            }

            DisposeIfDone(entry);
        }
    }

    private void Drop(Entry entry)
    {
        _entries.Remove(entry);
        entry.IsDropped = true;
        DisposeIfDone(entry);
    }

    private static void DisposeIfDone(Entry entry)
    {
        if (entry is { IsDropped: true, Users: 0 })
        {
            _ = entry.Opened.ContinueWith(
                opened => opened.Result.Dispose(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default);
        }
    }

    /// <summary>The use of an open detector.</summary>
    public sealed class Lease : IDisposable
    {
        private readonly DetectorCache _cache;
        private readonly Entry _entry;
        private bool _isGivenBack;

        internal Lease(DetectorCache cache, Entry entry, IFleetDetector detector) =>
            (_cache, _entry, Detector) = (cache, entry, detector);

        /// <summary>The detector.</summary>
        public IFleetDetector Detector { get; }

        /// <inheritdoc/>
        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _isGivenBack, true))
            {
                _cache.Release(_entry, isFailed: false);
            }
        }
    }

    internal sealed class Entry(string key, Task<IFleetDetector> opened)
    {
        public string Key => key;

        public Task<IFleetDetector> Opened => opened;

        public int Users { get; set; }

        public bool IsDropped { get; set; }
    }
}
