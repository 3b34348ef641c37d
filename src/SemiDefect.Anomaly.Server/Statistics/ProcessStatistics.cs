using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Statistics;

/// <summary>
/// Counts and quantiles of inspections by spans of time, and where the version changed. The inspections come in order,
/// and the scores of one span at a time are in memory. Not thread-safe.
/// </summary>
/// <param name="span">The length of a span of time.</param>
internal sealed class ProcessStatistics(TimeSpan span)
{
    private readonly List<ProcessBucket> _buckets = [];
    private readonly List<VersionChange> _changes = [];
    private readonly List<double> _scores = [];
    private DateTimeOffset _start;
    private int _check;
    private int _abnormal;

    /// <summary>The spans that have inspections, from the oldest.</summary>
    public IReadOnlyList<ProcessBucket> Buckets => _buckets;

    /// <summary>The first inspection of each version in a row, from the oldest.</summary>
    public IReadOnlyList<VersionChange> Changes => _changes;

    /// <summary>Adds an inspection, which is not older than the one before.</summary>
    public void Add(ScoredPart part)
    {
        DateTimeOffset start = new(part.Time.UtcTicks / span.Ticks * span.Ticks, TimeSpan.Zero);
        if (_scores.Count > 0 && start > _start)
        {
            Close();
        }

        _start = _scores.Count == 0 ? start : _start;
        _scores.Add(part.Score);
        _check += part.Decision == Decision.Check ? 1 : 0;
        _abnormal += part.Decision == Decision.Abnormal ? 1 : 0;
        if (_changes.Count == 0 || _changes[^1].Version != part.Version || _changes[^1].Threshold != part.Threshold)
        {
            _changes.Add(new VersionChange(part.Time, part.Version, part.Threshold));
        }
    }

    /// <summary>Ends the last span.</summary>
    public void Close()
    {
        if (_scores.Count > 0)
        {
            _buckets.Add(new ProcessBucket(
                _start,
                _scores.Count - _check - _abnormal,
                _check,
                _abnormal,
                ScoreQuantiles.Of(_scores)));
        }

        _scores.Clear();
        (_check, _abnormal) = (0, 0);
    }
}

/// <summary>The first inspection of a version. Immutable.</summary>
/// <param name="Time">Its time.</param>
/// <param name="Version">The version, as inspections name it.</param>
/// <param name="Threshold">The threshold of the version.</param>
internal sealed record VersionChange(DateTimeOffset Time, string Version, double Threshold);
