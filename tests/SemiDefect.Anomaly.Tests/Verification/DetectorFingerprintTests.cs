using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Verification;

namespace SemiDefect.Anomaly.Tests.Verification;

public sealed class DetectorFingerprintTests : IDisposable
{
    private static readonly FitOptions Small =
        FitPresets.Create(FitPresets.Fast) with { ResizeSize = 64, Coreset = new(count: 20), Folds = 3 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_fingerprint_is_that_of_the_text_in_the_documentation()
    {
        string path = Fit("a", Small);
        using DetectorBundle bundle = DetectorFileReader.Read(path);
        DetectorDocument document = bundle.Document;
        string vectors = Hash(MemoryMarshal.AsBytes(bundle.Banks[0].Vectors.RowBlock(0, 20)));
        string network = $"network 1\nsha256 {Hash(BackboneFile.Open(BackboneFile.DefaultName).Content.Span)}\n"
            + string.Concat(document.Backbone.Taps.Select(tap => $"tap {tap}\n"));
        string options =
            $"options 1\nresize Squash\nsize 64\ncrop 0\nmean {Spaced(document.Preprocessing.Mean)}\n"
            + $"deviation {Spaced(document.Preprocessing.Deviation)}\n"
            + "patch-size 3\npatch-pooling AveragePoolConcat\nneighbors 1\nmetric Euclidean\nimage-score "
                + "Maximum\nupsampling Bilinear\nblur 4 HalfSample\n";
        string bank = $"bank 1\nrows 20 columns {document.Banks[0].Columns} sha256 {vectors}\n";
        string thresholds = string.Create(
            CultureInfo.InvariantCulture,
            $"thresholds 1\nimage {document.Thresholds.Image.Value:R}\npixel {document.Thresholds.Pixel.Value:R}\n"
                + $"check {document.Thresholds.Check!.Value:R}\n")
            + string.Concat(
                document.Thresholds.ImageScores.Order().Select(
                    score => string.Create(CultureInfo.InvariantCulture, $"held-out {score:R}\n")));

        var expected = new DetectorFingerprint(
            Hash(
                $"semidefect detector 1\nnetwork {Hash(network)}\noptions {Hash(options)}\nbank "
                    + $"{Hash(bank)}\nthresholds {Hash(thresholds)}\n"),
            Hash(network),
            Hash(options),
            Hash(bank),
            Hash(thresholds));
        Assert.Equal(expected, DetectorFingerprint.Read(path));
        Assert.Equal(expected.Sha256, expected.Spoken.Replace(" ", "", StringComparison.Ordinal));
        Assert.StartsWith(expected.ShortForm, expected.Spoken, StringComparison.Ordinal);
        Assert.Equal(19, expected.ShortForm.Length);
    }

    [Fact]
    public void Whatever_does_not_affect_decisions_does_not_change_the_fingerprint()
    {
        DetectorFingerprint fingerprint = DetectorFingerprint.Read(Fit("a", Small));
        Assert.Equal(fingerprint, DetectorFingerprint.Read(Fit("b", Small with { IncludeBackbone = false })));
        Assert.Equal(
            fingerprint,
            DetectorFingerprint.Read(Fit("c", Small with { GoldenImages = 0, Threads = 1, BatchSize = 1 })));

        // Other names in the same order.
        foreach (string file in Directory.GetFiles(_folder.File("good")))
        {
            File.Move(file, Path.Combine(_folder.File("good"), $"part-{Path.GetFileName(file)}"));
        }

        using AnomalyDetector renamed = AnomalyDetector.Fit(ImageFolder.Open(_folder.File("good")), Small);
        Assert.Equal(fingerprint, renamed.Fingerprint);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Whatever_affects_decisions_changes_the_fingerprint_and_its_part()
    {
        DetectorFingerprint fingerprint = DetectorFingerprint.Read(Fit("a", Small));
        DetectorFingerprint[] others =
        [
            .. ((FitOptions[])
            [
                Small with { Coreset = new(count: 21) },
                Small with { ResizeSize = 72 },
                Small with { Scoring = new ScoringOptions { Neighbors = 2 } },
                Small with { Scoring = new ScoringOptions { Smoothing = 0.7 } },
                Small with { Scoring = new ScoringOptions { Metric = DistanceMetric.SquaredEuclidean } },
                Small with { Map = new AnomalyMapOptions { BlurSigma = 3 } },
                Small with { Patches = new() { PatchSize = 1 } },
                Small with { Threshold = new ThresholdOptions { FalseAlarmRate = 0.2 } },
            ]).Select((options, i) => DetectorFingerprint.Read(Fit($"{i}", options))),
        ];
        Assert.Equal(others.Length + 1, others.Append(fingerprint).DistinctBy(one => one.Sha256).Count());

        string changed = _folder.File("changed.sdad");
        AnomalyDetector.ChangeThresholds(
            _folder.File("a.sdad"), new ThresholdOptions { FalseAlarmRate = 0.3 }, null, changed);
        DetectorFingerprint after = DetectorFingerprint.Read(changed);
        Assert.NotEqual(fingerprint.Sha256, after.Sha256);
        Assert.Equal(fingerprint with { Sha256 = after.Sha256, Thresholds = after.Thresholds }, after);
    }

    private static string Spaced(IEnumerable<float> values) =>
        string.Join(' ', values.Select(value => value.ToString(CultureInfo.InvariantCulture)));

    private static string Hash(string text) => Hash(Encoding.UTF8.GetBytes(text));

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private string Fit(string name, FitOptions options)
    {
        using AnomalyDetector detector =
            AnomalyDetector.Fit(ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("good"), 5)), options);
        string path = _folder.File($"{name}.sdad");
        detector.Save(path);
        using AnomalyDetector loaded =
            AnomalyDetector.Load(path, new LoadOptions { Backbones = [BackboneFile.Open(BackboneFile.DefaultName)] });
        Assert.Equal(detector.Fingerprint, loaded.Fingerprint);
        return path;
    }
}
