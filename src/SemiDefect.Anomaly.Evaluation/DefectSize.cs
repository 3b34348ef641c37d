namespace SemiDefect.Anomaly.Evaluation;

/// <summary>
/// The size class of a defect by its area in pixels of the original image, with the bounds used in
/// object detection (Lin et al. 2014).
/// </summary>
public enum DefectSize
{
    /// <summary>An area below 32 x 32 pixels.</summary>
    Small,

    /// <summary>An area from 32 x 32 up to 96 x 96 pixels.</summary>
    Medium,

    /// <summary>An area above 96 x 96 pixels.</summary>
    Large,
}
