namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>The part of a data set that an image belongs to.</summary>
internal enum ImageSplit
{
    /// <summary>The layout has no parts, or this image belongs to none.</summary>
    None,

    /// <summary>Images to train on.</summary>
    Train,

    /// <summary>
    /// Images that others tune by; here good ones are trained on, or, without a test part, all evaluated.
    /// </summary>
    Validation,

    /// <summary>Images to evaluate.</summary>
    Test,

    /// <summary>Images without labels.</summary>
    Unlabeled,
}
