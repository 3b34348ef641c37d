using SemiDefect.Anomaly.Fleet;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>The results of <c>fleet score --json</c>.</summary>
internal sealed record FleetScoreJson(
    int Schema,
    string Model,
    string Fingerprint,
    int Normal,
    int Check,
    int Abnormal,
    IReadOnlyList<FleetImageJson> Images,
    IReadOnlyList<UnreadableJson> Unreadable);

/// <summary>One image of <see cref="FleetScoreJson"/>.</summary>
internal sealed record FleetImageJson(
    string Path,
    double Score,
    double Threshold,
    double Margin,
    double? PValue,
    string Decision,
    int RegionCount,
    IReadOnlyList<FleetRegion> Regions,
    string Fingerprint,
    string Worker);

/// <summary>The state of <c>fleet status --json</c>.</summary>
internal sealed record FleetStatusJson(int Schema, FleetStatus Fleet);
