namespace SemiDefect.Anomaly.Scoring;

/// <summary>How an anomaly map is made of patch scores. Immutable; impossible values are refused when set.</summary>
public sealed record AnomalyMapOptions
{
    /// <summary>How patch scores are brought to the input's size.</summary>
    public MapUpsampling Upsampling { get; init; }

    /// <summary>
    /// The standard deviation of the Gaussian blur in input pixels, 0 (none) to 64. It is cut off at 4 deviations.
    /// </summary>
    public double BlurSigma
    {
        get;
        init =>
            field = value is >= 0 and <= 64
                ? value
                : throw new SemiDefectException("The blur of the map must be between 0 and 64 pixels.");
    } = 4;

    /// <summary>What the blur sees outside of the map.</summary>
    public BlurBorder BlurBorder { get; init; }
}

/// <summary>How patch scores are brought to the input's size.</summary>
public enum MapUpsampling
{
    /// <summary>Bilinear, align_corners = false (amazon's way).</summary>
    Bilinear,

    /// <summary>The nearest patch (anomalib's way).</summary>
    Nearest,
}

/// <summary>What the blur sees outside of the map.</summary>
public enum BlurBorder
{
    /// <summary>The map mirrored at its edge: d c b a | a b c d | d c b a (SciPy's "reflect"; amazon's way).</summary>
    HalfSample,

    /// <summary>The map mirrored at its outermost pixels: d c b | a b c d | c b a (anomalib's way).</summary>
    WholeSample,
}
