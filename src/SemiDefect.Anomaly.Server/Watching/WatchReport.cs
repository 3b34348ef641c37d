using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Server.Watching;

/// <summary>The report that is written next to a watched image and posted to the webhook.</summary>
internal sealed record WatchReport(
    string Id,
    DateTimeOffset Time,
    string Model,
    string Path,
    string Decision,
    double? Score,
    double? Threshold,
    double? Margin,
    double? PValue,
    IReadOnlyList<Region> Regions,
    string? Error,
    string? ModelVersion,
    string? Inspection)
{
    /// <summary>The check threshold; null for two answers only.</summary>
    public double? CheckThreshold { get; init; }
}
