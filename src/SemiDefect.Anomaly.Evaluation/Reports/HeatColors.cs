namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>
/// The colors of the report's heat layer: transparent up to 0.7 times the pixel threshold, then violet, red at the
/// threshold, and yellow at twice the threshold. The scale depends on the threshold, not on the image, so that images
/// can be compared. Stateless.
/// </summary>
internal static class HeatColors
{
    // Multiples of the threshold, with R, G, B and alpha; lightness increases throughout.
    private static readonly (double Share, byte[] Color)[] Stops =
    [
        (0.7, [72, 12, 120, 0]),
        (0.9, [120, 20, 140, 120]),
        (1.0, [215, 35, 70, 190]),
        (1.4, [245, 120, 20, 215]),
        (2.0, [255, 232, 90, 235]),
    ];

    /// <summary>R, G, B and alpha for a value of the map.</summary>
    public static byte[] At(double value, double threshold)
    {
        double share = threshold > 0 ? value / threshold : value > threshold ? 2 : 0;
        if (share <= Stops[0].Share)
        {
            return Stops[0].Color;
        }

        for (int i = 1; i < Stops.Length; i++)
        {
            if (share < Stops[i].Share)
            {
                double weight = (share - Stops[i - 1].Share) / (Stops[i].Share - Stops[i - 1].Share);
                byte[] color = new byte[4];
                for (int channel = 0; channel < 4; channel++)
                {
                    color[channel] =
                        (byte)Math.Round(Stops[i - 1].Color[channel] * (1 - weight) + Stops[i].Color[channel] * weight);
                }

                return color;
            }
        }

        return Stops[^1].Color;
    }
}
