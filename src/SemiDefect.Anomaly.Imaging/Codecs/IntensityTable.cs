namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>Maps samples to 8 bits by a window, and finds windows from percentiles. Stateless.</summary>
internal static class IntensityTable
{
    /// <summary>
    /// The gray level of a value: 0 up to the low limit, 255 from the high one, and rounded in between. With equal
    /// limits, what is above them is white.
    /// </summary>
    public static byte Map(double value, (double Low, double High) window) =>
        value <= window.Low ? (byte)0
        : value >= window.High ? (byte)255
        : (byte)Math.Floor(255 * (value - window.Low) / (window.High - window.Low) + 0.5);

    /// <summary>The position of a percentile by nearest rank.</summary>
    /// <param name="counts">How often each value occurs, in ascending order of values.</param>
    /// <param name="percent">0 to 100.</param>
    public static int Percentile(IReadOnlyList<long> counts, double percent)
    {
        long total = 0;
        for (int i = 0; i < counts.Count; i++)
        {
            total += counts[i];
        }

        long rank = Rank(total, percent);
        long seen = 0;
        for (int i = 0; i < counts.Count; i++)
        {
            seen += counts[i];
            if (seen >= rank)
            {
                return i;
            }
        }

        return counts.Count - 1;
    }

    /// <summary>The rank of a percentile among so many values, from 1.</summary>
    public static long Rank(long total, double percent) =>
        Math.Clamp((long)Math.Ceiling(percent / 100 * total), 1, Math.Max(1, total));
}
