using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Naming;

/// <summary>The pixels of an image that make up a region or a label. Treat as immutable; then thread-safe.</summary>
internal sealed class RegionPixels
{
    private readonly bool[] _inside;

    private RegionPixels(int left, int top, int width, int height, bool[] inside)
    {
        (Left, Top, Width, Height, _inside) = (left, top, width, height, inside);
        Area = inside.Count(one => one);
    }

    /// <summary>The first column of the bounding box.</summary>
    public int Left { get; }

    /// <summary>The first row of the bounding box.</summary>
    public int Top { get; }

    /// <summary>The columns of the bounding box.</summary>
    public int Width { get; }

    /// <summary>The rows of the bounding box.</summary>
    public int Height { get; }

    /// <summary>The number of pixels; at least 1.</summary>
    public int Area { get; }

    /// <summary>The bounding box.</summary>
    public DefectBox Box => new(Left, Top, Left + Width, Top + Height);

    /// <summary>Whether a pixel of the image belongs to it.</summary>
    public bool Contains(int x, int y) =>
        (uint)(x - Left) < (uint)Width && (uint)(y - Top) < (uint)Height && _inside[(y - Top) * Width + x - Left];

    /// <summary>All pixels of an image.</summary>
    public static RegionPixels Whole(int width, int height) => Of(0, 0, width, height, (_, _) => true)!;

    /// <summary>The pixels of an area for which a rule holds; null if there is none.</summary>
    public static RegionPixels? Of(int left, int top, int width, int height, Func<int, int, bool> isInside)
    {
        (int right, int bottom) = (left + width, top + height);
        (int firstX, int firstY, int lastX, int lastY) = (right, bottom, left - 1, top - 1);
        bool[] all = new bool[Math.Max(0, width) * Math.Max(0, height)];
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                if (isInside(x, y))
                {
                    all[(y - top) * width + x - left] = true;
                    (firstX, firstY) = (Math.Min(firstX, x), Math.Min(firstY, y));
                    (lastX, lastY) = (Math.Max(lastX, x), Math.Max(lastY, y));
                }
            }
        }

        if (lastX < firstX)
        {
            return null;
        }

        bool[] inside = new bool[(lastX - firstX + 1) * (lastY - firstY + 1)];
        for (int i = 0; i < inside.Length; i++)
        {
            int x = firstX + i % (lastX - firstX + 1);
            int y = firstY + i / (lastX - firstX + 1);
            inside[i] = all[(y - top) * width + x - left];
        }

        return new RegionPixels(firstX, firstY, lastX - firstX + 1, lastY - firstY + 1, inside);
    }

    /// <summary>The pixels of a region, by the labels of the connected components of its map.</summary>
    public static RegionPixels Of(Region region, int[] labels, int mapWidth)
    {
        int own = labels[region.PeakY * mapWidth + region.PeakX];
        return Of(region.X, region.Y, region.Width, region.Height, (x, y) => labels[y * mapWidth + x] == own)!;
    }

    /// <summary>The pixels of a label on an image; null if it marks none, or the image as a whole.</summary>
    public static RegionPixels? Of(DefectLabel label, int width, int height)
    {
        if (!label.Mask.IsEmpty)
        {
            ReadOnlyMemory<byte> mask = label.Mask;
            return Of(0, 0, width, height, (x, y) => mask.Span[y * width + x] != 0);
        }

        if (label.Box is not { } box)
        {
            return null;
        }

        // A box within a pixel still marks this pixel.
        int left = (int)Math.Clamp(Math.Floor(box.Left), 0, width - 1);
        int top = (int)Math.Clamp(Math.Floor(box.Top), 0, height - 1);
        int right = (int)Math.Clamp(Math.Ceiling(box.Right), left + 1, width);
        int bottom = (int)Math.Clamp(Math.Ceiling(box.Bottom), top + 1, height);
        return Of(left, top, right - left, bottom - top, (_, _) => true);
    }

    /// <summary>The number of pixels that both have.</summary>
    public int CountShared(RegionPixels other)
    {
        int count = 0;
        for (int y = Math.Max(Top, other.Top); y < Math.Min(Top + Height, other.Top + other.Height); y++)
        {
            for (int x = Math.Max(Left, other.Left); x < Math.Min(Left + Width, other.Left + other.Width); x++)
            {
                count += Contains(x, y) && other.Contains(x, y) ? 1 : 0;
            }
        }

        return count;
    }

    /// <summary>The pixels that are in any of several sets, which are not empty.</summary>
    public static RegionPixels Join(IReadOnlyList<RegionPixels> sets)
    {
        int left = sets.Min(set => set.Left);
        int top = sets.Min(set => set.Top);
        int right = sets.Max(set => set.Left + set.Width);
        int bottom = sets.Max(set => set.Top + set.Height);
        return Of(left, top, right - left, bottom - top, (x, y) => sets.Any(set => set.Contains(x, y)))!;
    }
}
