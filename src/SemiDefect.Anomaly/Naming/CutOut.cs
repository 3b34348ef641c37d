using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Naming;

/// <summary>
/// A labeled defect cut out of its image with some of its surroundings, to be pasted elsewhere. Treat as immutable;
/// then thread-safe.
/// </summary>
internal sealed class CutOut
{
    private const int Margin = 6;
    private const int Feather = 2;

    private readonly byte[] _rgb;
    private readonly float[] _share;
    private readonly DefectBox? _box;

    private CutOut(int width, int height, byte[] rgb, float[] share, DefectBox? box) =>
        (Width, Height, _rgb, _share, _box) = (width, height, rgb, share, box);

    /// <summary>The columns.</summary>
    public int Width { get; }

    /// <summary>The rows.</summary>
    public int Height { get; }

    /// <summary>Cuts a defect out.</summary>
    /// <param name="image">Its image.</param>
    /// <param name="pixels">The pixels that are taken as they are; around them, the surroundings fade out.</param>
    /// <param name="box">The box of the defect on the image; null if not known.</param>
    public static CutOut Of(Image image, RegionPixels pixels, DefectBox? box)
    {
        int left = Math.Max(0, pixels.Left - Margin);
        int top = Math.Max(0, pixels.Top - Margin);
        int width = Math.Min(image.Width, pixels.Left + pixels.Width + Margin) - left;
        int height = Math.Min(image.Height, pixels.Top + pixels.Height + Margin) - top;
        byte[] rgb = new byte[3 * width * height];
        float[] hard = new float[width * height];
        for (int y = 0; y < height; y++)
        {
            image.Rgb.Slice(3 * ((top + y) * image.Width + left), 3 * width).CopyTo(rgb.AsSpan(3 * y * width));
            for (int x = 0; x < width; x++)
            {
                hard[y * width + x] = pixels.Contains(left + x, top + y) ? 1 : 0;
            }
        }

        return new CutOut(width, height, rgb, Soften(hard, width, height), box is { } known
            ? new DefectBox(known.Left - left, known.Top - top, known.Right - left, known.Bottom - top)
            : null);
    }

    /// <summary>The cut-out mirrored and turned.</summary>
    /// <param name="variant">0 to 7: the number of quarter turns, plus 4 to mirror before.</param>
    public CutOut Turn(int variant)
    {
        bool swaps = variant % 2 == 1;
        (int width, int height) = swaps ? (Height, Width) : (Width, Height);
        byte[] rgb = new byte[_rgb.Length];
        float[] share = new float[_share.Length];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                (double newX, double newY) = Turned(x + 0.5, y + 0.5, variant);
                int target = (int)newY * width + (int)newX;
                int source = y * Width + x;
                share[target] = _share[source];
                _rgb.AsSpan(3 * source, 3).CopyTo(rgb.AsSpan(3 * target));
            }
        }

        DefectBox? box = null;
        if (_box is { } known)
        {
            (double ax, double ay) = Turned(known.Left, known.Top, variant);
            (double bx, double by) = Turned(known.Right, known.Bottom, variant);
            box = new DefectBox(Math.Min(ax, bx), Math.Min(ay, by), Math.Max(ax, bx), Math.Max(ay, by));
        }

        return new CutOut(width, height, rgb, share, box);
    }

    /// <summary>
    /// Pastes it into a picture, as much brighter or darker as its new surroundings are than the old ones.
    /// </summary>
    /// <param name="rgb">The pixels of the picture, which are changed.</param>
    /// <param name="pictureWidth">The columns of the picture.</param>
    /// <param name="left">Where its first column goes.</param>
    /// <param name="top">Where its first row goes.</param>
    /// <returns>The pixels that it covers, and its box there.</returns>
    public (RegionPixels Pixels, DefectBox? Box) Paste(byte[] rgb, int pictureWidth, int left, int top)
    {
        Span<double> shift = stackalloc double[3];
        double around = 0;
        for (int i = 0; i < _share.Length; i++)
        {
            double weight = 1 - _share[i];
            around += weight;
            for (int channel = 0; channel < 3; channel++)
            {
                shift[channel] += weight * (rgb[Target(i) + channel] - _rgb[3 * i + channel]);
            }
        }

        for (int i = 0; i < _share.Length; i++)
        {
            for (int channel = 0; channel < 3 && _share[i] > 0; channel++)
            {
                double old = rgb[Target(i) + channel];
                double moved = _rgb[3 * i + channel] + (around > 0 ? shift[channel] / around : 0);
                rgb[Target(i) + channel] = (byte)Math.Clamp(Math.Round(old + _share[i] * (moved - old)), 0, 255);
            }
        }

        DefectBox? box = _box is { } known
            ? new DefectBox(known.Left + left, known.Top + top, known.Right + left, known.Bottom + top)
            : null;
        return (RegionPixels.Of(left, top, Width, Height, (x, y) => _share[(y - top) * Width + x - left] > 0.5f)!, box);

        int Target(int i) => 3 * ((top + i / Width) * pictureWidth + left + i % Width);
    }

    // By boxes, which keeps the middle of pixels that are taken as they are.
    private static float[] Soften(float[] hard, int width, int height)
    {
        float[] soft = new float[hard.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int sum, int count) = (0, 0);
                for (int v = Math.Max(0, y - Feather); v <= Math.Min(height - 1, y + Feather); v++)
                {
                    for (int u = Math.Max(0, x - Feather); u <= Math.Min(width - 1, x + Feather); u++)
                    {
                        sum += hard[v * width + u] > 0 ? 1 : 0;
                        count++;
                    }
                }

                // Fades outside of the pixels, so that thin defects are not faded themselves.
                soft[y * width + x] = hard[y * width + x] > 0 ? 1 : Math.Min(1, 2f * sum / count);
            }
        }

        return soft;
    }

    private (double X, double Y) Turned(double x, double y, int variant)
    {
        double mirrored = variant >= 4 ? Width - x : x;
        return (variant % 4) switch
        {
            1 => (Height - y, mirrored),
            2 => (Width - mirrored, Height - y),
            3 => (y, Width - mirrored),
            _ => (mirrored, y),
        };
    }
}
