namespace SemiDefect.Anomaly.Scoring;

/// <summary>How the blur extends the map beyond its border.</summary>
public enum BlurBorder
{
    /// <summary>
    /// The map is mirrored at its edge: d c b a | a b c d | d c b a (SciPy's "reflect", as in amazon's code).
    /// </summary>
    HalfSample,

    /// <summary>The map is mirrored at its outermost pixels: d c b | a b c d | c b a (as in anomalib).</summary>
    WholeSample,
}
