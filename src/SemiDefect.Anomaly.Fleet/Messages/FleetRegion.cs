using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Fleet;

/// <summary>A region of an image above the pixel threshold, in pixels of the image. Immutable.</summary>
/// <param name="X">The leftmost column.</param>
/// <param name="Y">The topmost row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Area">The number of pixels.</param>
/// <param name="Peak">The highest score inside.</param>
/// <param name="Type">The name of the defect; null for none.</param>
public sealed record FleetRegion(int X, int Y, int Width, int Height, int Area, float Peak, string? Type)
{
    /// <summary>The part of a region that results keep.</summary>
    public static FleetRegion Of(Region region)
    {
        ArgumentNullException.ThrowIfNull(region);
        return new(
            region.X, region.Y, region.Width, region.Height, region.Area, region.Peak, region.Type?.Name);
    }
}
