using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Rendering;

/// <summary>
/// Draws the outline of areas above the threshold: a light line just inside and a dark one just outside; or, if that
/// would hide too much, a single line outside, light on a dark background and dark on a light one. Thread-safe.
/// </summary>
internal static class RegionContour
{
    private const byte Light = 255;
    private const byte Dark = 16;

    /// <summary>Draws into <paramref name="rgb"/>, which has the size of <paramref name="map"/>.</summary>
    public static void Draw(byte[] rgb, AnomalyMap map, float threshold, int thickness, bool outsideOnly)
    {
        for (int y = 0; y < map.Height; y++)
        {
            for (int x = 0; x < map.Width; x++)
            {
                bool above = map.Values[y * map.Width + x] > threshold;
                if (above && outsideOnly)
                {
                    continue;
                }

                if (Differs(map, threshold, x - 1, y, above) || Differs(map, threshold, x + 1, y, above)
                    || Differs(map, threshold, x, y - 1, above) || Differs(map, threshold, x, y + 1, above))
                {
                    byte line = above || (outsideOnly && IsDark(rgb, 3 * (y * map.Width + x))) ? Light : Dark;
                    Stamp(rgb, map, threshold, x, y, above, thickness, line);
                }
            }
        }
    }

    private static bool Differs(AnomalyMap map, float threshold, int x, int y, bool above) =>
        (uint)x < (uint)map.Width && (uint)y < (uint)map.Height && map.Values[y * map.Width + x] > threshold != above;

    // Luma of ITU-R BT.601, in 1/256.
    private static bool IsDark(byte[] rgb, int i) => 77 * rgb[i] + 150 * rgb[i + 1] + 29 * rgb[i + 2] < 128 * 256;

    /// <summary>A disc around a border pixel, on its own side of the border only.</summary>
    private static void Stamp(
        byte[] rgb,
        AnomalyMap map,
        float threshold,
        int centerX,
        int centerY,
        bool above,
        int thickness,
        byte line)
    {
        int radius = thickness - 1;
        for (int y = Math.Max(0, centerY - radius); y <= Math.Min(map.Height - 1, centerY + radius); y++)
        {
            for (int x = Math.Max(0, centerX - radius); x <= Math.Min(map.Width - 1, centerX + radius); x++)
            {
                int distance = (x - centerX) * (x - centerX) + (y - centerY) * (y - centerY);
                int i = y * map.Width + x;
                if (distance <= radius * radius && map.Values[i] > threshold == above)
                {
                    rgb.AsSpan(3 * i, 3).Fill(line);
                }
            }
        }
    }
}
