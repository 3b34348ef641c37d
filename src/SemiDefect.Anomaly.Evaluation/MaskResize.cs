namespace SemiDefect.Anomaly.Evaluation;

/// <summary>The size at which maps and masks are compared.</summary>
public enum MaskResize
{
    /// <summary>
    /// The size of the original image. Masks of other sizes are resized by nearest-neighbor interpolation.
    /// </summary>
    Nearest,

    /// <summary>
    /// The size of the network's input, as in the reference implementation: the mask is resized and cropped like the
    /// image, bilinearly, and only pixels completely inside count as defective, which erodes the mask.
    /// </summary>
    Erode,
}
