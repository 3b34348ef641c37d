using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>What the history keeps of an inspection. Immutable.</summary>
internal sealed record InspectedImage
{
    /// <summary>The most regions that are kept.</summary>
    public const int MostRegions = 100;

    public required double Score { get; init; }

    public required double Threshold { get; init; }

    public required double? CheckThreshold { get; init; }

    public required double PixelThreshold { get; init; }

    public required double? PValue { get; init; }

    public required InputGeometry Geometry { get; init; }

    public required PatchMatch Match { get; init; }

    /// <summary>The number of regions found.</summary>
    public required int RegionCount { get; init; }

    /// <summary>The first of them, at most <see cref="MostRegions"/>.</summary>
    public required IReadOnlyList<Region> Regions { get; init; }

    /// <summary>The map at the working size.</summary>
    public required AnomalyMap InputMap { get; init; }
}
