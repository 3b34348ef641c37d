using System.Numerics;
using System.Security.Cryptography;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Resampling;

namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>What is kept of an image to compare it with others: 8 KiB. Immutable, and so thread-safe.</summary>
internal sealed class ImageFingerprint
{
    private const int Side = 64;

    private readonly short[] _thumbnail;

    private ImageFingerprint(Image image, int bitDepth, string format, string pixels, short[] thumbnail, bool isGrey)
    {
        Width = image.Width;
        Height = image.Height;
        BitDepth = bitDepth;
        Format = format;
        Pixels = pixels;
        IsGrey = isGrey;
        _thumbnail = thumbnail;
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Bits per channel as stored.</summary>
    public int BitDepth { get; }

    /// <summary>The true format: bmp, jpeg, png, tiff or webp.</summary>
    public string Format { get; }

    /// <summary>The SHA-256 of the decoded pixels: equal for copies, whatever they are called or packed in.</summary>
    public string Pixels { get; }

    /// <summary>Whether red, green and blue are the same everywhere.</summary>
    public bool IsGrey { get; }

    public static ImageFingerprint Of(byte[] content, string name, ImageLimits limits)
    {
        Image image = ImageFile.Decode(content, name, limits);
        ReadOnlySpan<byte> rgb = image.Rgb;
        bool isGrey = true;
        for (int i = 0; i < rgb.Length && isGrey; i += 3)
        {
            isGrey = rgb[i] == rgb[i + 1] && rgb[i] == rgb[i + 2];
        }

        // The size goes in as well: the same bytes in other rows are another picture.
        byte[] hash = SHA256.HashData([.. BitConverter.GetBytes(image.Width), .. SHA256.HashData(rgb)]);
        return new ImageFingerprint(image, StoredDepth.Of(content), StoredDepth.FormatOf(content), Convert.ToHexString(hash), Thumbnail(image), isGrey);
    }

    /// <summary>The root of the mean squared difference of the thumbnails, in grey levels, brightness set equal.</summary>
    public double DistanceTo(ImageFingerprint other)
    {
        // In whole numbers, so that the vector's width cannot matter; 4,096 x 510^2 stays below 2^31.
        ReadOnlySpan<short> a = _thumbnail;
        ReadOnlySpan<short> b = other._thumbnail;
        Vector<int> sums = Vector<int>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector<short> difference = new Vector<short>(a[i..]) - new Vector<short>(b[i..]);
            Vector.Widen(difference, out Vector<int> low, out Vector<int> high);
            sums += low * low + high * high;
        }

        long sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return Math.Sqrt((double)sum / a.Length);
    }

    private static short[] Thumbnail(Image image)
    {
        ReadOnlySpan<byte> rgb = PillowBilinear.Resize(image, Side, Side).Rgb;
        short[] grey = new short[Side * Side];
        int total = 0;
        for (int i = 0; i < grey.Length; i++)
        {
            // ITU-R BT.601 luma in thousandths.
            grey[i] = (short)((299 * rgb[3 * i] + 587 * rgb[3 * i + 1] + 114 * rgb[3 * i + 2] + 500) / 1000);
            total += grey[i];
        }

        int mean = (total + grey.Length / 2) / grey.Length;
        for (int i = 0; i < grey.Length; i++)
        {
            grey[i] -= (short)mean;
        }

        return grey;
    }
}
