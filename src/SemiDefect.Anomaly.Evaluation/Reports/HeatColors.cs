using SemiDefect.Anomaly.Rendering;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>
/// The report's heat layer: the heatmaps' colors on the heatmaps' scale, clear up to seven tenths of the pixel
/// threshold, red at it and yellow at twice the threshold. The scale is tied to the threshold, not to the image,
/// so that two images compare.
/// </summary>
internal static class HeatColors
{
    /// <summary>The share of the threshold that has the last color.</summary>
    private const double LastShare = 2;

    // Shares of the threshold with their alpha. A layer that can be faded out may cover more than a heatmap does.
    private static readonly (double Share, double Alpha)[] Opacities =
        [(0.7, 0), (0.9, 120), (1.0, 190), (1.4, 215), (LastShare, 235)];

    /// <summary>Puts R, G, B and alpha of a map's value into the first four bytes of <paramref name="rgba"/>.</summary>
    public static void Write(double value, double threshold, Span<byte> rgba)
    {
        double share = threshold > 0 ? value / threshold : value > threshold ? LastShare : 0;
        int last = PerceptualColorMap.Count - 1;
        int color = (int)(Math.Clamp(share / LastShare, 0, 1) * last + 0.5);
        PerceptualColorMap.Colors.Slice(3 * color, 3).CopyTo(rgba);
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
