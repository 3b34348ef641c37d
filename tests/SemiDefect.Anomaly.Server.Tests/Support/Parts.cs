using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests.Support;

/// <summary>
/// Tiny pictures of parts, and a detector with a network of one node, so that ten thousand inspections take seconds.
/// </summary>
internal static class Parts
{
    public const int Width = 40;
    public const int Height = 30;
    public const int GoodCount = 24;

    private static readonly Lazy<byte[]> Detector = new(MakeDetector);

    /// <summary>A detector file.</summary>
    public static byte[] DetectorFile => Detector.Value;

    public static byte[] Good(int seed) => Png(seed, bad: false);

    /// <summary>A good part in less light: every sample times a factor.</summary>
    public static byte[] Darker(int seed, double factor) => Png(seed, bad: false, factor);

    public static byte[] Bad(int seed) => Png(seed, bad: true);

    /// <summary>Writes good parts as 000.png, 001.png, ...</summary>
    public static string WriteGood(string folder, int count = GoodCount)
    {
        Directory.CreateDirectory(folder);
        for (int i = 0; i < count; i++)
        {
            File.WriteAllBytes(Path.Combine(folder, $"{i:D3}.png"), Good(i));
        }

        return folder;
    }

    private static byte[] MakeDetector()
    {
        using var folder = new TemporaryFolder();
        var options = FitPresets.Create(FitPresets.Fast) with
        {
            Backbones = [BackboneFile.FromBytes("tiny", TinyOnnx.Relu([0, 3, 0, 0], [0, 3, 0, 0]), null)],
            ResizeSize = 32,
            Coreset = new(count: 40),
            Threads = 1,
        };
        using AnomalyDetector detector = AnomalyDetector.Fit(
            ImageFolder.Open(WriteGood(folder.File("good"))),
            options);
        detector.Save(folder.File("tiny.sdad"));
        return File.ReadAllBytes(folder.File("tiny.sdad"));
    }

    private static byte[] Png(int seed, bool bad, double factor = 1)
    {
        var generator = new SeededGenerator((ulong)seed);
        byte[] rgb = new byte[3 * Width * Height];
        for (int i = 0; i < rgb.Length; i++)
        {
            int x = i / 3 % Width;
            int y = i / 3 / Width;
            bool inBlot = bad && x is >= 20 and < 28 && y is >= 10 and < 18;
            int sample = (inBlot ? 230 : x / 8 % 2 == 0 ? 140 : 160) + generator.NextInt32(12);
            rgb[i] = (byte)(factor * sample);
        }

        using var stream = new MemoryStream();
        PngWriter.Write(stream, Width, Height, 3, rgb);
        return stream.ToArray();
    }
}
