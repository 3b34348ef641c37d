using System.Diagnostics;

namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>
/// Reports the progress of a selection a few times a second. The remaining time is estimated from the latest window of
/// picks instead of the overall average, because early picks cost far more than late ones. Not thread-safe.
/// </summary>
internal sealed class ProgressReport
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly IProgress<CoresetProgress>? _progress;
    private readonly int _target;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _last;
    private int _lastPicks;

    public ProgressReport(IProgress<CoresetProgress>? progress, int target)
    {
        _progress = progress;
        _target = target;
    }

    /// <summary>Called after every pick.</summary>
    public void Picked(int picks)
    {
        if (_progress is null || (picks & 15) != 0 && picks != _target)
        {
            return;
        }

        TimeSpan now = _watch.Elapsed;
        if (picks != _target && now - _last < Interval)
        {
            return;
        }

        TimeSpan remaining = (now - _last) / Math.Max(1, picks - _lastPicks) * (_target - picks);
        _progress.Report(new CoresetProgress(picks, _target, now, remaining));
        _last = now;
        _lastPicks = picks;
    }
}
