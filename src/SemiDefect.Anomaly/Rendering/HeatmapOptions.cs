using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Rendering;

/// <summary>The appearance of a heatmap. Immutable and thread-safe.</summary>
public sealed record HeatmapOptions
{
    /// <summary>Whether to show the original to the left of the overlay, instead of the overlay only.</summary>
    public bool SideBySide { get; init; }

    /// <summary>
    /// The position of what was inspected (<see cref="Inspection.Geometry"/>): what lies outside, such as the border
    /// that a crop leaves out, is grayed and hatched. Null to mark nothing.
    /// </summary>
    public InputGeometry? Geometry { get; init; }

    /// <summary>
    /// The position of the pixel threshold on the color scale, above 0 and at most 1. The default is 0.5: the brightest
    /// color means twice the threshold or more.
    /// </summary>
    /// <exception cref="SemiDefectException">The value is out of range.</exception>
    public double ThresholdPosition
    {
        get;
        init =>
            field = value is > 0 and <= 1
                ? value
                : throw new SemiDefectException(
                    "The threshold's position on the color scale must be above 0 and at most 1.");
    }
    = 0.5;

    /// <summary>The opacity of the brightest color, 0 to 1; the default is 0.8.</summary>
    /// <exception cref="SemiDefectException">The value is out of range.</exception>
    public double MaxOpacity
    {
        get;
        init =>
            field = value is >= 0 and <= 1
                ? value
                : throw new SemiDefectException("The opacity of a heatmap must be between 0 and 1.");
    }
    = 0.8;

    /// <summary>
    /// The thickness of the contour in pixels, 0 (none) to 8; null for 1 to 3, depending on the size of the image.
    /// </summary>
    /// <exception cref="SemiDefectException">The value is out of range.</exception>
    public int? ContourThickness
    {
        get;
        init =>
            field = value is null or (>= 0 and <= 8)
                ? value
                : throw new SemiDefectException("The contour of a heatmap must be 0 to 8 pixels thick.");
    }
}
