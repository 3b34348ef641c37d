using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Tests.Tuning;

/// <summary>
/// Good parts of 128 x 128 pixels: a grid of fine tracks with vias, moved and lit a little differently.
/// </summary>
internal static class TrackParts
{
    private const int Side = 128;

    /// <summary>Some of them.</summary>
    public static ImageList Of(int count) => new([.. Enumerable.Range(0, count).Select(i => ($"{i:D3}", Part(i)))]);

    /// <summary>One of them.</summary>
    public static Image Part(int index)
    {
        var generator = new SeededGenerator((ulong)index);
        int shift = generator.NextInt32(2);
        double light = generator.NextDouble(-3, 3);
        byte[] rgb = new byte[3 * Side * Side];
        for (int i = 0; i < Side * Side; i++)
        {
            (int x, int y) = (i % Side + shift, i / Side);
            double gray = x % 16 < 6 ? 170 : y % 32 < 8 ? 130 : 80;
            rgb.AsSpan(3 * i, 3).Fill((byte)Math.Round(gray + light + 2 * generator.NextGaussian()));
        }

        return new Image(Side, Side, rgb);
    }
}
