using System.Numerics;
using System.Security.Cryptography;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Resampling;

namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>The data that is kept of an image to compare it with others: 8 KiB. Immutable and thread-safe.</summary>
internal sealed class ImageFingerprint
{
    private const int Side = 64;

    private readonly short[] _thumbnail;

    private ImageFingerprint(Image image, int bitDepth, string format, string pixels, short[] thumbnail, bool isGray)
    {
        Width = image.Width;
        Height = image.Height;
        BitDepth = bitDepth;
        Format = format;
        Pixels = pixels;
        IsGray = isGray;
        _thumbnail = thumbnail;
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Bits per channel as stored.</summary>
    public int BitDepth { get; }

    /// <summary>The actual format: bmp, jpeg, png, tiff or webp.</summary>
    public string Format { get; }

    /// <summary>The SHA-256 of the decoded pixels: equal for copies, whatever their name or encoding.</summary>
    public string Pixels { get; }

    /// <summary>Whether red, green and blue are equal everywhere.</summary>
    public bool IsGray { get; }

    public static ImageFingerprint Of(byte[] content, string name, ImageReading reading)
    {
        Image image = ImageFile.Decode(content, name, reading);
        ImageFileInfo info = ImageFile.Describe(content, name);
        ReadOnlySpan<byte> rgb = image.Rgb;
        bool isGray = true;
        for (int i = 0; i < rgb.Length && isGray; i += 3)
        {
            isGray = rgb[i] == rgb[i + 1] && rgb[i] == rgb[i + 2];
        }

        // The width is hashed as well: the same bytes in rows of another length are another image.
        byte[] hash = SHA256.HashData([.. BitConverter.GetBytes(image.Width), .. SHA256.HashData(rgb)]);
        return new ImageFingerprint(
            image,
            info.BitDepth,
            info.Format,
            Convert.ToHexString(hash),
            Thumbnail(image),
            isGray);
    }

    /// <summary>The root-mean-square difference of the thumbnails with equalized brightness, in gray levels.</summary>
    public double DistanceTo(ImageFingerprint other)
    {
        // Integer arithmetic, so that the vector width does not matter; 4,096 x 510^2 stays below 2^31.
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
        short[] gray = new short[Side * Side];
        int total = 0;
        for (int i = 0; i < gray.Length; i++)
        {
            // ITU-R BT.601 luma in thousandths.
            gray[i] = (short)((299 * rgb[3 * i] + 587 * rgb[3 * i + 1] + 114 * rgb[3 * i + 2] + 500) / 1000);
            total += gray[i];
        }

        int mean = (total + gray.Length / 2) / gray.Length;
        for (int i = 0; i < gray.Length; i++)
        {
            gray[i] -= (short)mean;
        }

        return gray;
    }
}
