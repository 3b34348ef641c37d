namespace SemiDefect.Anomaly.Scoring;

/// <summary>What the blur sees outside of the map.</summary>
public enum BlurBorder
{
    /// <summary>The map mirrored at its edge: d c b a | a b c d | d c b a (SciPy's "reflect"; amazon's way).</summary>
    HalfSample,

    /// <summary>The map mirrored at its outermost pixels: d c b | a b c d | c b a (anomalib's way).</summary>
    WholeSample,
}
