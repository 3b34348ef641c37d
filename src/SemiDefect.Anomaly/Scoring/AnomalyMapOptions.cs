namespace SemiDefect.Anomaly.Scoring;

/// <summary>
/// How an anomaly map is computed from patch scores. Immutable; invalid values are rejected when set.
/// </summary>
public sealed record AnomalyMapOptions
{
    /// <summary>How patch scores are upsampled to the size of the input.</summary>
    public MapUpsampling Upsampling { get; init; }

    /// <summary>
    /// The standard deviation of the Gaussian blur in input pixels, 0 (none) to 64. The kernel is truncated at 4
    /// standard deviations.
    /// </summary>
    public double BlurSigma
    {
        get;
        init =>
            field = value is >= 0 and <= 64
                ? value
                : throw new SemiDefectException("The blur of the map must be between 0 and 64 pixels.");
    } = 4;

    /// <summary>How the blur extends the map beyond its border.</summary>
    public BlurBorder BlurBorder { get; init; }
}
