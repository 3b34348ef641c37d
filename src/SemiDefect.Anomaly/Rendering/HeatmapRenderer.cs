using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Rendering;

/// <summary>
/// Renders an anomaly map over its image, at the resolution of the image. The scale is tied to the pixel threshold, not
/// to the range of the map, so that the heatmaps of a detector are comparable: the color depends on value / threshold
/// only. Values up to 0.7 times the threshold are transparent, so that normal areas stay visible. Areas above the
/// threshold get a contour that is visible on any background: light inside and dark outside, or in small images a
/// single line outside that contrasts with its background. What was not inspected can be hatched in gray. The bytes are
/// the same on every machine. Stateless and thread-safe.
/// </summary>
public static class HeatmapRenderer
{
    private const int GapDivisor = 128;
    private const int SmallSide = 128;
    private const double TransparentShare = 0.7;
    private const byte HatchGray = 96;

    /// <summary>R, G, B of the 256 colors of heatmaps, the lowest value first.</summary>
    public static ReadOnlySpan<byte> Colors => PerceptualColorMap.Colors;

    /// <summary>Renders the overlay, or the original and the overlay side by side with a white gap.</summary>
    /// <param name="original">The upright image.</param>
    /// <param name="map">The scores at the size of the image.</param>
    /// <param name="threshold">The pixel threshold: values above it are abnormal.</param>
    /// <param name="options">The appearance; the defaults if null.</param>
    /// <returns>An image of the same size; side by side, twice as wide plus the gap.</returns>
    /// <exception cref="ArgumentException">The size of the map differs from that of the image, or the threshold is
    /// NaN.</exception>
    /// <exception cref="SemiDefectException">The image is too large to be rendered side by side.</exception>
    public static Image Render(Image original, AnomalyMap map, float threshold, HeatmapOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(original);
        ArgumentNullException.ThrowIfNull(map);
        options ??= new HeatmapOptions();
        if (map.Width != original.Width || map.Height != original.Height)
        {
            throw new ArgumentException(
                $"The map has {map.Width} x {map.Height} values, the image {original.Width} x {original.Height} "
                    + "pixels.",
                nameof(map));
        }

        if (float.IsNaN(threshold))
        {
            throw new ArgumentException("The threshold is not a number.", nameof(threshold));
        }

        byte[] rgb = Blend(original, map, threshold, options);
        int thickness = options.ContourThickness ?? DefaultThickness(original.Width, original.Height);
        if (thickness > 0)
        {
            bool small = Math.Max(original.Width, original.Height) < SmallSide;
            RegionContour.Draw(rgb, map, threshold, thickness, outsideOnly: small);
        }

        if (options.Geometry is { } geometry)
        {
            Hatch(rgb, original.Width, original.Height, geometry);
        }

        return options.SideBySide ? Join(original, rgb) : new Image(original.Width, original.Height, rgb);
    }

    private static int DefaultThickness(int width, int height) =>
        Math.Max(width, height) switch { < 400 => 1, < 1200 => 2, _ => 3 };

    private static byte[] Blend(Image original, AnomalyMap map, float threshold, HeatmapOptions options)
    {
        // For each color, the weight of the overlay in 1/256, and the color multiplied by it.
        Span<int> shares = stackalloc int[PerceptualColorMap.Count];
        Span<int> parts = stackalloc int[3 * PerceptualColorMap.Count];
        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] = (int)Math.Round(
                256 * options.MaxOpacity * Opacity(i / (double)(shares.Length - 1), options.ThresholdPosition));
            for (int channel = 0; channel < 3; channel++)
            {
                parts[3 * i + channel] = shares[i] * PerceptualColorMap.Colors[3 * i + channel] + 128;
            }
        }

        double scale = threshold > 0
            ? (PerceptualColorMap.Count - 1) * options.ThresholdPosition / threshold
            : double.PositiveInfinity;
        ReadOnlySpan<byte> source = original.Rgb;
        byte[] rgb = GC.AllocateUninitializedArray<byte>(source.Length);
        for (int i = 0, p = 0; p < rgb.Length; i++, p += 3)
        {
            // Without a positive threshold, the ratio is undefined: all or nothing.
            float value = map.Values[i];
            double level = threshold > 0 ? value * scale : value > threshold ? PerceptualColorMap.Count : 0;
            int color = level > 0 ? (int)Math.Min(level + 0.5, PerceptualColorMap.Count - 1) : 0;
            int rest = 256 - shares[color];
            rgb[p] = (byte)((source[p] * rest + parts[3 * color]) >> 8);
            rgb[p + 1] = (byte)((source[p + 1] * rest + parts[3 * color + 1]) >> 8);
            rgb[p + 2] = (byte)((source[p + 2] * rest + parts[3 * color + 2]) >> 8);
        }

        return rgb;
    }

    private static void Hatch(byte[] rgb, int width, int height, InputGeometry geometry)
    {
        (int left, int top, int inside, int down) = geometry.Inspected();
        int period = Math.Clamp(Math.Max(width, height) / 32, 4, 32);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (y >= top && y < top + down && x == left)
                {
                    x += inside - 1;
                    continue;
                }

                bool isLine = (x + y) % period < Math.Max(1, period / 8);
                Span<byte> pixel = rgb.AsSpan(3 * (y * width + x), 3);
                for (int channel = 0; channel < 3; channel++)
                {
                    pixel[channel] = isLine ? HatchGray : (byte)((pixel[channel] + HatchGray) / 2);
                }
            }
        }
    }

    // The opacity grows linearly from this share of the threshold; normal texture often reaches it.
    private static double Opacity(double t, double thresholdPosition)
    {
        double start = TransparentShare * thresholdPosition;
        return Math.Max(0, (t - start) / (1 - start));
    }

    private static Image Join(Image original, byte[] overlay)
    {
        int gap = Math.Clamp(Math.Max(original.Width, original.Height) / GapDivisor, 2, 16);
        int width = 2 * original.Width + gap;
        if (3L * width * original.Height > Array.MaxLength)
        {
            throw new SemiDefectException(
                $"An image of {original.Width} x {original.Height} pixels is too large for a side-by-side heatmap; "
                    + "request the overlay only.");
        }

        byte[] rgb = new byte[3 * width * original.Height];
        rgb.AsSpan().Fill(255);
        int rowBytes = 3 * original.Width;
        for (int y = 0; y < original.Height; y++)
        {
            Span<byte> row = rgb.AsSpan(3 * width * y, 3 * width);
            original.Rgb.Slice(rowBytes * y, rowBytes).CopyTo(row);
            overlay.AsSpan(rowBytes * y, rowBytes).CopyTo(row[(rowBytes + 3 * gap)..]);
        }

        return new Image(width, original.Height, rgb);
    }
}

/// <summary>The appearance of a heatmap. Immutable and thread-safe.</summary>
public sealed record HeatmapOptions
{
    /// <summary>Whether to show the original to the left of the overlay, instead of the overlay only.</summary>
    public bool SideBySide { get; init; }

    /// <summary>
    /// The position of what was inspected (<see cref="Inspection.Geometry"/>): what lies outside, such as the border
    /// that a crop leaves out, is grayed and hatched. Null to mark nothing.
    /// </summary>
    public InputGeometry? Geometry { get; init; }

    /// <summary>
    /// The position of the pixel threshold on the color scale, above 0 and at most 1. The default is 0.5: the brightest
    /// color means twice the threshold or more.
    /// </summary>
    /// <exception cref="SemiDefectException">The value is out of range.</exception>
    public double ThresholdPosition
    {
        get;
        init =>
            field = value is > 0 and <= 1
                ? value
                : throw new SemiDefectException(
                    "The threshold's position on the color scale must be above 0 and at most 1.");
    }
    = 0.5;

    /// <summary>The opacity of the brightest color, 0 to 1; the default is 0.8.</summary>
    /// <exception cref="SemiDefectException">The value is out of range.</exception>
    public double MaxOpacity
    {
        get;
        init =>
            field = value is >= 0 and <= 1
                ? value
                : throw new SemiDefectException("The opacity of a heatmap must be between 0 and 1.");
    }
    = 0.8;

    /// <summary>
    /// The thickness of the contour in pixels, 0 (none) to 8; null for 1 to 3, depending on the size of the image.
    /// </summary>
    /// <exception cref="SemiDefectException">The value is out of range.</exception>
    public int? ContourThickness
    {
        get;
        init =>
            field = value is null or (>= 0 and <= 8)
                ? value
                : throw new SemiDefectException("The contour of a heatmap must be 0 to 8 pixels thick.");
    }
}

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
