using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Fleet;

/// <summary>The rest of an inspection but for its map. Immutable and thread-safe.</summary>
/// <param name="PixelThreshold">The pixel threshold.</param>
/// <param name="Geometry">The position of the map on the image.</param>
/// <param name="HighestPatch">The highest-scoring patch and its nearest training patch.</param>
/// <param name="Regions">The highest regions, with their types.</param>
public sealed record FleetDetail(
    double PixelThreshold,
    InputGeometry Geometry,
    PatchMatch HighestPatch,
    IReadOnlyList<Region> Regions);
