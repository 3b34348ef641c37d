using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Tests.Support;

/// <summary>Synthetic images, the same on every machine.</summary>
internal static class Pictures
{
    /// <summary>Independent random bytes.</summary>
    public static Image Noise(int width, int height, ulong seed)
    {
        var generator = new SeededGenerator(seed);
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.Length; i++)
        {
            rgb[i] = (byte)generator.NextInt32(256);
        }

        return new Image(width, height, rgb);
    }

    /// <summary>A uniform woven texture with a little noise.</summary>
    public static Image Texture(int width, int height, ulong seed, int thread = 4)
    {
        var generator = new SeededGenerator(seed);
        return Of(width, height, (x, y) => 110 + 40 * ((x / thread + y / thread) % 2) + generator.NextInt32(12));
    }

    /// <summary>A gray image computed by a formula.</summary>
    public static Image Of(int width, int height, Func<int, int, int> gray)
    {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++)
        {
            rgb.AsSpan(3 * i, 3).Fill((byte)gray(i % width, i / width));
        }

        return new Image(width, height, rgb);
    }

    /// <summary>The same image with a filled rectangle.</summary>
    public static Image With(this Image image, int left, int top, int width, int height, byte gray)
    {
        byte[] rgb = image.Rgb.ToArray();
        for (int y = top; y < top + height; y++)
        {
            rgb.AsSpan(3 * (y * image.Width + left), 3 * width).Fill(gray);
        }

        return new Image(image.Width, image.Height, rgb);
    }

    /// <summary>Good parts without texture, each slightly lighter than the previous one.</summary>
    public static ImageList Plain(int count, int width, int height) =>
        new([.. Enumerable.Range(0, count).Select(i => ($"{i}", Of(width, height, (_, _) => 100 + i)))]);

    /// <summary>Good parts with texture.</summary>
    public static ImageList Good(int count, int width, int height, int thread = 4) =>
        new([.. Enumerable.Range(0, count).Select(i => ($"good/{i:D3}", Texture(width, height, (ulong)i, thread)))]);
}
