using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Serialization;

public sealed class DetectorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void No_flipped_bit_goes_unnoticed()
    {
        byte[] original = MakeFile(includeBackbone: false);
        var generator = new SeededGenerator(1);
        string path = _folder.File("damaged.sdad");

        // Every bit of the prefix, and a thousand random ones.
        IEnumerable<long> bits = Enumerable.Range(0, 64 * 8).Select(bit => (long)bit)
            .Concat(Enumerable.Range(0, 1000).Select(_ => (long)(generator.NextDouble() * original.Length * 8)));
        foreach (long bit in bits)
        {
            byte[] damaged = [.. original];
            damaged[bit / 8] ^= (byte)(1 << (int)(bit % 8));
            File.WriteAllBytes(path, damaged);
            Assert.Throws<DetectorFileException>(() => AnomalyDetector.ReadDocument(path));
        }
    }

    [Fact]
    public void No_truncated_or_extended_file_is_read()
    {
        byte[] original = MakeFile(includeBackbone: false);
        string path = _folder.File("damaged.sdad");
        foreach (int length in (int[])[0, 1, 63, 64, 65, 200, original.Length / 2, original.Length - 1])
        {
            File.WriteAllBytes(path, original[..length]);
            Assert.Throws<DetectorFileException>(() => AnomalyDetector.ReadDocument(path));
        }

        File.WriteAllBytes(path, [.. original, 0]);
        Assert.Throws<DetectorFileException>(() => AnomalyDetector.ReadDocument(path));
    }

    [Fact]
    public void Missing_and_wrong_files_are_distinguished()
    {
        AssertRefused("There is no detector file", _folder.File("none.sdad"));
        File.WriteAllText(_folder.File("text.sdad"), new string('x', 100));
        AssertRefused("is not a detector file", _folder.File("text.sdad"));
    }

    [Fact]
    public void A_file_without_its_network_asks_for_the_right_one()
    {
        MakeFile(includeBackbone: false);
        string path = _folder.File("a.sdad");
        AssertRefused("does not hold its network", path);
        using AnomalyDetector detector =
            AnomalyDetector.Load(path, new LoadOptions { Backbones = [BackboneFile.Open(BackboneFile.DefaultName)] });
        Assert.Equal(BackboneFile.DefaultName, detector.Document.Backbone.Name);
    }

    [Fact]
    public void A_failed_save_leaves_only_the_old_file()
    {
        using AnomalyDetector detector = Fit(includeBackbone: false);
        Directory.CreateDirectory(_folder.File("taken.sdad"));
        Assert.Throws<SemiDefectException>(() => detector.Save(_folder.File("taken.sdad")));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.tmp"));
        Assert.True(Directory.Exists(_folder.File("taken.sdad")));
    }

    private static void AssertRefused(string reason, string path) =>
        Assert.Contains(
            reason,
            Assert.Throws<DetectorFileException>(() => AnomalyDetector.Load(path)).Message,
            StringComparison.Ordinal);

    private byte[] MakeFile(bool includeBackbone)
    {
        using AnomalyDetector detector = Fit(includeBackbone);
        detector.Save(_folder.File("a.sdad"));
        return File.ReadAllBytes(_folder.File("a.sdad"));
    }

    private AnomalyDetector Fit(bool includeBackbone) => AnomalyDetector.Fit(
        ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("good"), 3)),
        FitPresets.Create(FitPresets.Fast) with
        { ResizeSize = 64, Coreset = new(count: 20), IncludeBackbone = includeBackbone });
}
