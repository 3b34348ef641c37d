using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>
/// Tells the part from a plain background: where most of the picture's border has one color, the pixels of another
/// color are the part; else everything is. Stateless.
/// </summary>
internal static class Foreground
{
    private const int BorderTolerance = 16;
    private const double PlainBorder = 0.7;
    private const double LeastPart = 0.05;
    private const double Smoothing = 1.5;

    /// <summary>Whether each pixel belongs to the part.</summary>
    public static bool[] Find(Image image)
    {
        (int width, int height) = (image.Width, image.Height);
        int[] border =
        [
            .. Enumerable.Range(0, width * height)
                .Where(i => i % width < 2 || i % width >= width - 2 || i / width < 2 || i / width >= height - 2),
        ];
        byte[] color = [.. Enumerable.Range(0, 3).Select(channel => Median(image, border, channel))];
        double plain = border.Count(i => Distance(i) <= BorderTolerance) / (double)border.Length;
        if (plain < PlainBorder)
        {
            return All(width * height);
        }

        double[] distances = [.. Enumerable.Range(0, width * height).Select(i => (double)Distance(i))];
        double[] smooth = PlanarBlur.Apply(distances, width, height, Smoothing);
        bool[] part = [.. smooth.Select(value => value > BorderTolerance)];
        return part.Count(on => on) < LeastPart * part.Length ? All(part.Length) : part;

        int Distance(int pixel) =>
            Enumerable.Range(0, 3).Max(channel => Math.Abs(image.Rgb[3 * pixel + channel] - color[channel]));
    }

    private static bool[] All(int count)
    {
        bool[] all = new bool[count];
        Array.Fill(all, true);
        return all;
    }

    private static byte Median(Image image, int[] pixels, int channel)
    {
        byte[] values = [.. pixels.Select(pixel => image.Rgb[3 * pixel + channel]).Order()];
        return values[values.Length / 2];
    }
}
