namespace SemiDefect.Anomaly.Evaluation;

/// <summary>At which size maps and masks are compared.</summary>
public enum MaskResize
{
    /// <summary>At the size of the original image; a mask of another size is brought there by its nearest pixels.</summary>
    Nearest,

    /// <summary>
    /// At the size of the network's input, as the reference implementation does: the mask is resized and cropped like the
    /// image, bilinearly, and only what stays wholly inside counts as defective, which erodes it.
    /// </summary>
    Erode,
}
