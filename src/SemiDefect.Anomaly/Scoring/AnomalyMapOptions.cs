namespace SemiDefect.Anomaly.Scoring;

/// <summary>
/// How an anomaly map is computed from patch scores. Immutable; invalid values are rejected when set.
/// </summary>
internal sealed record AnomalyMapOptions
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

/// <summary>How patch scores are brought to the input's size.</summary>
internal enum MapUpsampling
{
    /// <summary>Bilinear, align_corners = false (amazon's way).</summary>
    Bilinear,

    /// <summary>The nearest patch (anomalib's way).</summary>
    Nearest,
}

/// <summary>What the blur sees outside of the map.</summary>
internal enum BlurBorder
{
    /// <summary>The map mirrored at its edge: d c b a | a b c d | d c b a (SciPy's "reflect"; amazon's way).</summary>
    HalfSample,

    /// <summary>The map mirrored at its outermost pixels: d c b | a b c d | c b a (anomalib's way).</summary>
    WholeSample,
}
