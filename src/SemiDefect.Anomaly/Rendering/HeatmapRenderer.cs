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
