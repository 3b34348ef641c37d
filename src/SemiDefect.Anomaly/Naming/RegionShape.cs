using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Naming;

/// <summary>
/// Size, shape and contrast of a region, and its profile: the anomaly map around it at a common size. Stateless.
/// </summary>
internal static class RegionShape
{
    /// <summary>The number of values of size, shape and contrast.</summary>
    public const int Figures = 14;

    /// <summary>The number of values of the profile.</summary>
    public const int Profile = Side * Side;

    private const int Side = 8;

    /// <summary>Writes <see cref="Figures"/> values.</summary>
    public static void WriteFigures(RegionPixels pixels, AnomalyMap map, double pixelThreshold, Span<double> figures)
    {
        double unit = Math.Max(Math.Abs(pixelThreshold), 1e-9);
        (double sum, double sumX, double sumY, double peak) = (0, 0, 0, double.NegativeInfinity);
        int edges = 0;
        ForEach(pixels, (x, y) =>
        {
            double value = map.Values[y * map.Width + x];
            sum += value;
            sumX += x;
            sumY += y;
            peak = Math.Max(peak, value);
            edges += (pixels.Contains(x - 1, y) ? 0 : 1) + (pixels.Contains(x + 1, y) ? 0 : 1)
                + (pixels.Contains(x, y - 1) ? 0 : 1) + (pixels.Contains(x, y + 1) ? 0 : 1);
        });
        double area = pixels.Area;
        (double meanX, double meanY) = (sumX / area, sumY / area);
        (double xx, double yy, double xy) = (1 / 12.0, 1 / 12.0, 0);
        ForEach(pixels, (x, y) =>
        {
            xx += (x - meanX) * (x - meanX) / area;
            yy += (y - meanY) * (y - meanY) / area;
            xy += (x - meanX) * (y - meanY) / area;
        });
        double difference = Math.Sqrt((xx - yy) * (xx - yy) + 4 * xy * xy);
        double major = (xx + yy + difference) / 2;
        double minor = Math.Max((xx + yy - difference) / 2, 1e-9);
        double length = Math.Sqrt(12 * major);
        int centerX = (int)Math.Clamp(Math.Floor(meanX + 0.5), 0, map.Width - 1);
        int centerY = (int)Math.Clamp(Math.Floor(meanY + 0.5), 0, map.Height - 1);
        figures[0] = PortableMath.Log(area);
        figures[1] = PortableMath.Log(pixels.Width);
        figures[2] = PortableMath.Log(pixels.Height);
        figures[3] = PortableMath.Log((double)Math.Max(pixels.Width, pixels.Height)
            / Math.Min(pixels.Width, pixels.Height));
        figures[4] = area / ((double)pixels.Width * pixels.Height);
        figures[5] = PortableMath.Log(major / minor);
        figures[6] = PortableMath.Log(length);
        figures[7] = PortableMath.Log(edges / Math.Sqrt(area));
        figures[8] = area / (Math.Sqrt(12 * major) * Math.Sqrt(12 * minor));

        // Along the diagonals or along the sides, whichever of the two: mirrored regions have the same value.
        figures[9] = difference > 0 ? 2 * Math.Abs(xy) / (major + minor) : 0;
        figures[10] = difference > 0 ? Math.Abs(xx - yy) / (major + minor) : 0;
        figures[11] = peak / unit;
        figures[12] = sum / area / unit;
        figures[13] = map.Values[centerY * map.Width + centerX] / unit - peak / unit;
    }

    /// <summary>
    /// Writes <see cref="Profile"/> values: means of the map, in shares of the region's peak, in the cells of a square
    /// around the region.
    /// </summary>
    public static void WriteProfile(RegionPixels pixels, AnomalyMap map, Span<double> profile)
    {
        double side = Math.Max(pixels.Width, pixels.Height);
        double left = pixels.Left + (pixels.Width - side) / 2;
        double top = pixels.Top + (pixels.Height - side) / 2;
        double peak = double.NegativeInfinity;
        ForEach(pixels, (x, y) => peak = Math.Max(peak, map.Values[y * map.Width + x]));
        double unit = Math.Max(Math.Abs(peak), 1e-9);
        for (int row = 0; row < Side; row++)
        {
            for (int column = 0; column < Side; column++)
            {
                profile[row * Side + column] = MeanOf(
                    map,
                    left + column * side / Side,
                    top + row * side / Side,
                    side / Side) / unit;
            }
        }
    }

    /// <summary>The profile of the same region turned or mirrored.</summary>
    /// <param name="profile"><see cref="Profile"/> values.</param>
    /// <param name="variant">0 to 7: the number of quarter turns, plus 4 to mirror before.</param>
    public static double[] TurnProfile(ReadOnlySpan<double> profile, int variant)
    {
        double[] turned = new double[Profile];
        for (int i = 0; i < Profile; i++)
        {
            (int x, int y) = (i % Side, i / Side);
            x = variant >= 4 ? Side - 1 - x : x;
            for (int turn = 0; turn < variant % 4; turn++)
            {
                (x, y) = (Side - 1 - y, x);
            }

            turned[y * Side + x] = profile[i];
        }

        return turned;
    }

    // Four samples for each cell are enough for a map that is smooth.
    private static double MeanOf(AnomalyMap map, double left, double top, double size)
    {
        double sum = 0;
        for (int i = 0; i < 4; i++)
        {
            int x = (int)Math.Floor(left + (0.25 + 0.5 * (i % 2)) * size);
            int y = (int)Math.Floor(top + (0.25 + 0.5 * (i / 2)) * size);
            bool isInside = (uint)x < (uint)map.Width && (uint)y < (uint)map.Height;
            sum += isInside ? map.Values[y * map.Width + x] : 0;
        }

        return sum / 4;
    }

    private static void ForEach(RegionPixels pixels, Action<int, int> visit)
    {
        for (int y = pixels.Top; y < pixels.Top + pixels.Height; y++)
        {
            for (int x = pixels.Left; x < pixels.Left + pixels.Width; x++)
            {
                if (pixels.Contains(x, y))
                {
                    visit(x, y);
                }
            }
        }
    }
}
