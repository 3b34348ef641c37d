using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Naming;

namespace SemiDefect.Anomaly.Scoring;

/// <summary>A connected area of an anomaly map above the pixel threshold, in pixels of that map.</summary>
/// <param name="X">The leftmost column.</param>
/// <param name="Y">The topmost row.</param>
/// <param name="Width">Columns of the bounding box.</param>
/// <param name="Height">Rows of the bounding box.</param>
/// <param name="Area">The number of pixels.</param>
/// <param name="Peak">The highest score inside.</param>
/// <param name="PeakX">The column of the first pixel with that score.</param>
/// <param name="PeakY">The row of the first pixel with that score.</param>
/// <param name="CentroidX">The mean column of the pixels.</param>
/// <param name="CentroidY">The mean row of the pixels.</param>
public sealed record Region(
    int X,
    int Y,
    int Width,
    int Height,
    int Area,
    float Peak,
    int PeakX,
    int PeakY,
    double CentroidX,
    double CentroidY)
{
    /// <summary>What it is called; null if the detector was not taught any names.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RegionType? Type { get; init; }
}
