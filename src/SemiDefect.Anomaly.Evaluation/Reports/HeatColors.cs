using SemiDefect.Anomaly.Rendering;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>
/// The colors of the report's heat layer, which are those of heatmaps: transparent up to 0.7 times the pixel threshold,
/// red at the threshold, and yellow at twice the threshold. The scale depends on the threshold, not on the image, so
/// that images can be compared. Stateless.
/// </summary>
internal static class HeatColors
{
    /// <summary>The multiple of the threshold with the last color.</summary>
    private const double LastShare = 2;

    // Multiples of the threshold, with alpha. The layer can be faded out, so it may be more opaque than a heatmap.
    private static readonly (double Share, double Alpha)[] Opacities =
        [(0.7, 0), (0.9, 120), (1.0, 190), (1.4, 215), (LastShare, 235)];

    /// <summary>Writes R, G, B and alpha for a value of the map to the start of <paramref name="rgba"/>.</summary>
    public static void Write(double value, double threshold, Span<byte> rgba)
    {
        double share = threshold > 0 ? value / threshold : value > threshold ? LastShare : 0;
        int last = HeatmapRenderer.Colors.Length / 3 - 1;
        int color = (int)(Math.Clamp(share / LastShare, 0, 1) * last + 0.5);
        HeatmapRenderer.Colors.Slice(3 * color, 3).CopyTo(rgba);
        rgba[3] = (byte)Math.Round(AlphaOf(share));
    }

    private static double AlphaOf(double share)
    {
        if (share <= Opacities[0].Share)
        {
            return Opacities[0].Alpha;
        }

        for (int i = 1; i < Opacities.Length; i++)
        {
            if (share < Opacities[i].Share)
            {
                (double from, double low) = Opacities[i - 1];
                (double to, double high) = Opacities[i];
                return low + (high - low) * (share - from) / (to - from);
            }
        }

        return Opacities[^1].Alpha;
    }
}
