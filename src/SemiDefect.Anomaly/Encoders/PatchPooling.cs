namespace SemiDefect.Anomaly.Encoders;

/// <summary>How a neighborhood of feature vectors becomes one embedding.</summary>
public enum PatchPooling
{
    /// <summary>The mean over the neighborhood, channel by channel, all taps concatenated (anomalib's way).</summary>
    AveragePoolConcat,

    /// <summary>Two adaptive average poolings of the flattened neighborhoods (the paper's and amazon's way).</summary>
    AdaptiveMean,
}
