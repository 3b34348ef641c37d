namespace SemiDefect.Anomaly.Server.Statistics;

/// <summary>The inspections of a span of time. Immutable.</summary>
/// <param name="Start">Its beginning.</param>
/// <param name="Normal">The normal ones.</param>
/// <param name="Check">Those to check.</param>
/// <param name="Abnormal">The abnormal ones.</param>
/// <param name="Scores">Quantiles of their scores.</param>
internal sealed record ProcessBucket(
    DateTimeOffset Start,
    int Normal,
    int Check,
    int Abnormal,
    ScoreQuantiles Scores)
{
    public int Total => Normal + Check + Abnormal;
}
