using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>Small images of a striped part, all slightly different, and one with a dark blot.</summary>
internal static class SyntheticParts
{
    public const int BlotLeft = 60;
    public const int BlotTop = 30;
    public const int BlotSide = 14;

    /// <summary>
    /// Writes <paramref name="count"/> good parts as 000.png, 001.png, ... and returns the folder; optionally from
    /// another first number on, or with stripes in the other direction.
    /// </summary>
    public static string WriteGood(
        string folder,
        int count,
        int width = 96,
        int height = 64,
        int first = 0,
        bool across = false)
    {
        for (int i = first; i < first + count; i++)
        {
            Write(Path.Combine(folder, $"{i:D3}.png"), (ulong)i, width, height, blot: false, across);
        }

        return folder;
    }

    public static string WriteBad(string path, int width = 96, int height = 64, bool across = false)
    {
        Write(path, 9999, width, height, blot: true, across);
        return path;
    }

    private static void Write(string path, ulong seed, int width, int height, bool blot, bool across)
    {
        var generator = new SeededGenerator(seed);
        int shift = generator.NextInt32(3);
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int stripe = ((across ? y : x) + shift) / 8 % 2 == 0 ? 90 : 170;
                bool inBlot = blot
                    && x is >= BlotLeft and < BlotLeft + BlotSide
                    && y is >= BlotTop and < BlotTop + BlotSide;
                for (int channel = 0; channel < 3; channel++)
                {
                    rgb[3 * (y * width + x) + channel] = (byte)((inBlot ? 20 : stripe) + generator.NextInt32(9));
                }
            }
        }

        AtomicFile.Write(path, stream => PngWriter.Write(stream, width, height, 3, rgb));
    }
}
