namespace SemiDefect.Anomaly.Encoders;

/// <summary>How a neighborhood of feature vectors is pooled into one embedding.</summary>
public enum PatchPooling
{
    /// <summary>The mean over the neighborhood, per channel, all taps concatenated (as anomalib does).</summary>
    AveragePoolConcat,

    /// <summary>
    /// Two adaptive average poolings of the flattened neighborhoods (as in the paper and amazon's code).
    /// </summary>
    AdaptiveMean,
}
