using System.Diagnostics;

namespace SemiDefect.Anomaly;

/// <summary>Adds up what each stage takes. Not thread-safe.</summary>
public sealed class StageClock
{
    private readonly TimeSpan[] _totals = new TimeSpan[Enum.GetValues<InspectionStage>().Length];
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Time since the clock was made or last asked goes to nobody.</summary>
    public void Start() => _last = Stopwatch.GetTimestamp();

    /// <summary>Time since the clock was last asked goes to <paramref name="stage"/>.</summary>
    public void Lap(InspectionStage stage)
    {
        long now = Stopwatch.GetTimestamp();
        _totals[(int)stage] += Stopwatch.GetElapsedTime(_last, now);
        _last = now;
    }

    /// <summary>What a stage took in all.</summary>
    public TimeSpan this[InspectionStage stage] => _totals[(int)stage];
}
