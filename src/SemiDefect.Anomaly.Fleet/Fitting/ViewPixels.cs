using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Fleet.Fitting;

/// <summary>
/// The 8-bit pixels of a view: a quarter of its normalized values, from which they follow exactly. Stateless.
/// </summary>
internal static class ViewPixels
{
    /// <summary>The pixels, R, G, B, row by row.</summary>
    /// <exception cref="FleetException">The values are not those of 8-bit pixels.</exception>
    public static byte[] Of(PreparedView view, BackboneInput input)
    {
        int pixels = view.Width * view.Height;
        byte[] rgb = new byte[3 * pixels];
        float[] table = new float[256];
        for (int channel = 0; channel < 3; channel++)
        {
            for (int v = 0; v < table.Length; v++)
            {
                table[v] = (v / 255f - input.Mean[channel]) / input.Std[channel];
            }

            ReadOnlySpan<float> plane = view.Values.AsSpan(channel * pixels, pixels);
            for (int i = 0, target = channel; i < plane.Length; i++, target += 3)
            {
                float level = (plane[i] * input.Std[channel] + input.Mean[channel]) * 255f;
                int v = Math.Clamp((int)MathF.Round(level), 0, 255);
                rgb[target] = table[v] == plane[i]
                    ? (byte)v
                    : throw new FleetException("A view has other values than those of 8-bit pixels.");
            }
        }

        return rgb;
    }
}
