using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Naming;

/// <summary>
/// The defects within a region. A region of the map reaches beyond its defects, and may join several that are near; the
/// map of the finest view alone is sharper, and falls between them. A core is the part around a peak of the sharp map
/// that lies above a share of this peak. Stateless.
/// </summary>
internal static class RegionCores
{
    // Between the pixel threshold and the peak. Half the height is where a blurred line has its own width.
    private const double Level = 0.5;
    private const int Gap = 8;
    private const int Most = 8;

    /// <summary>The cores of a region, those of the highest peaks first; the region itself if it has none.</summary>
    /// <param name="region">The region.</param>
    /// <param name="sharp">The sharp map at the size of the image, on the scale of the pixel threshold.</param>
    /// <param name="pixelThreshold">The pixel threshold.</param>
    public static List<RegionPixels> Find(RegionPixels region, AnomalyMap sharp, double pixelThreshold)
    {
        var cores = new List<RegionPixels>();
        bool[] taken = new bool[region.Width * region.Height];
        while (cores.Count < Most)
        {
            (int peakX, int peakY, float peak) = FindPeak(region, sharp, taken);
            if (!(peak > pixelThreshold))
            {
                break;
            }

            double level = pixelThreshold + Level * (peak - pixelThreshold);
            bool[] core = Fill(region, sharp, taken, peakX, peakY, level);
            if (!IsSlope(region, taken, peakX, peakY))
            {
                cores.Add(RegionPixels.Of(
                    region.Left,
                    region.Top,
                    region.Width,
                    region.Height,
                    (x, y) => core[(y - region.Top) * region.Width + x - region.Left])!);
            }

            Take(region, core, taken);
        }

        return cores.Count == 0 ? [region] : cores;
    }

    private static (int X, int Y, float Peak) FindPeak(RegionPixels region, AnomalyMap sharp, bool[] taken)
    {
        (int bestX, int bestY, float most) = (0, 0, float.NegativeInfinity);
        for (int i = 0; i < taken.Length; i++)
        {
            (int x, int y) = (region.Left + i % region.Width, region.Top + i / region.Width);
            if (!taken[i] && sharp.Values[y * sharp.Width + x] > most && region.Contains(x, y))
            {
                (bestX, bestY, most) = (x, y, sharp.Values[y * sharp.Width + x]);
            }
        }

        return (bestX, bestY, most);
    }

    // What is highest beside what was taken only leads up to it.
    private static bool IsSlope(RegionPixels region, bool[] taken, int peakX, int peakY)
    {
        (int column, int row) = (peakX - region.Left, peakY - region.Top);
        for (int y = Math.Max(0, row - 1); y <= Math.Min(region.Height - 1, row + 1); y++)
        {
            int left = Math.Max(0, column - 1);
            if (taken.AsSpan(y * region.Width + left, Math.Min(region.Width - 1, column + 1) - left + 1).Contains(true))
            {
                return true;
            }
        }

        return false;
    }

    private static bool[] Fill(
        RegionPixels region, AnomalyMap sharp, bool[] taken, int startX, int startY, double level)
    {
        bool[] core = new bool[taken.Length];
        var open = new Stack<(int X, int Y)>();
        open.Push((startX, startY));
        while (open.TryPop(out (int X, int Y) at))
        {
            int i = (at.Y - region.Top) * region.Width + at.X - region.Left;
            if (!region.Contains(at.X, at.Y) || taken[i] || core[i]
                || sharp.Values[at.Y * sharp.Width + at.X] < level)
            {
                continue;
            }

            core[i] = true;
            open.Push((at.X - 1, at.Y));
            open.Push((at.X + 1, at.Y));
            open.Push((at.X, at.Y - 1));
            open.Push((at.X, at.Y + 1));
        }

        return core;
    }

    // The slopes of a peak are not peaks of their own.
    private static void Take(RegionPixels region, bool[] core, bool[] taken)
    {
        for (int i = 0; i < core.Length; i++)
        {
            if (core[i])
            {
                (int x, int y) = (i % region.Width, i / region.Width);
                for (int v = Math.Max(0, y - Gap); v <= Math.Min(region.Height - 1, y + Gap); v++)
                {
                    int row = v * region.Width;
                    int left = Math.Max(0, x - Gap);
                    taken.AsSpan(row + left, Math.Min(region.Width - 1, x + Gap) - left + 1).Fill(true);
                }
            }
        }
    }
}
