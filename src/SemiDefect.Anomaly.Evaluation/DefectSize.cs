namespace SemiDefect.Anomaly.Evaluation;

/// <summary>
/// The size class of a defect: the side of a square of the same area, in pixels of the original image. 32 and 96 are
/// the bounds used in object detection (Lin et al. 2014); below 32, each class reaches to twice the side of the one
/// before.
/// </summary>
public enum DefectSize
{
    /// <summary>Below 8 pixels.</summary>
    Under8,

    /// <summary>From 8 to below 16 pixels.</summary>
    From8To16,

    /// <summary>From 16 to below 32 pixels.</summary>
    From16To32,

    /// <summary>From 32 up to 96 pixels.</summary>
    Medium,

    /// <summary>Above 96 pixels.</summary>
    Large,
}
