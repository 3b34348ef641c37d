namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// Adaptive average pooling of a vector of n values to m: bin i is the mean over
/// [floor(i n / m), ceil((i + 1) n / m)). Stateless and thread-safe.
/// </summary>
internal static class AdaptivePooling
{
    /// <summary>The half-open range that bin <paramref name="bin"/> of <paramref name="bins"/> covers.</summary>
    public static (int Start, int End) Range(int bin, int length, int bins) =>
        ((int)((long)bin * length / bins), (int)(((long)(bin + 1) * length + bins - 1) / bins));
}
