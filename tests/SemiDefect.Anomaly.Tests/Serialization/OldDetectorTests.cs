using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Verification;

namespace SemiDefect.Anomaly.Tests.Serialization;

/// <summary>Files written by older versions, and the results of these versions.</summary>
public sealed class OldDetectorTests : IDisposable
{
    private static readonly string Versions = Path.Combine(Repository.Root, "tests/Golden/detectors");
    private static readonly string FoldBanks = Path.Combine(Versions, "version-1-folds.sdad");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_detector_of_format_1_loads_and_scores_as_it_did()
    {
        JsonNode expected = Expected("version-1");
        using AnomalyDetector detector = AnomalyDetector.Load(
            Path.Combine(Versions, "version-1.sdad"), new LoadOptions { Device = ExecutionDevice.Cpu });
        Inspection inspection = detector.Inspect(TinyDetector.Picture(_folder.Path));
        Assert.Equal((double)expected["score"]!, inspection.Score);
        Assert.Equal((double)expected["threshold"]!, inspection.Threshold);
        Assert.Equal((double)expected["pixelThreshold"]!, inspection.PixelThreshold);
        Assert.Equal((bool)expected["isAbnormal"]!, inspection.IsAbnormal);
        Assert.Equal(((double?)null, 0.0), (detector.Thresholds.Check?.Value, detector.Thresholds.Options.CheckRate));
        Assert.NotEqual(Decision.Check, inspection.Decision);
        Assert.Equal((string)expected["nearestTrainingImage"]!, inspection.HighestPatch.TrainingImage);
        Assert.Equal((string)expected["mapSha256"]!, Sha256(inspection.InputMap));
    }

    [Fact]
    public void A_detector_of_format_1_with_a_bank_per_fold_loads_and_scores_as_it_did()
    {
        JsonNode expected = Expected("version-1-folds");
        Assert.Equal((string)expected["fingerprint"]!, DetectorFingerprint.Read(FoldBanks).Sha256);
        using AnomalyDetector detector = Open(FoldBanks);
        AssertScoresAs(expected, detector);
        Assert.Equal((double)expected["threshold"]!, detector.Thresholds.Image.Value);
        Assert.Equal((double)expected["pixelThreshold"]!, detector.Thresholds.Pixel.Value);
        Assert.True(detector.Verify().IsIdentical);
    }

    [Fact]
    public void Banks_of_folds_in_format_1_open_as_branches_of_one_lane()
    {
        DetectorDocument document = AnomalyDetector.ReadDocument(FoldBanks);
        Assert.Single(document.Lanes);
        Assert.Equal(5, document.Branches.Count);
        Assert.All(document.Branches, branch => Assert.Equal(0, branch.Lane));
        Assert.Equal(FusionRule.Maximum, document.Fusion.Rule);
        Assert.Empty(document.Fusion.Scales);

        // Each good image was scored by the one bank not trained on it, unlike new images.
        Assert.Equal(ThresholdMethod.FoldMaxima, document.Thresholds.Options.Method);
        Assert.Empty(document.Thresholds.ImageScores);
        Assert.Equal(document.Fit.Images.Count, document.Thresholds.FoldImageScores.Count);
    }

    [Fact]
    public void A_changed_threshold_writes_format_2_that_scores_as_before()
    {
        JsonNode expected = Expected("version-1-folds");
        string changed = _folder.File("changed.sdad");
        double value = (double)expected["threshold"]! + 0.125;
        var given = new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = value };
        AnomalyDetector.ChangeThresholds(FoldBanks, given, outputPath: changed);
        Assert.Equal(2u, DetectorFileParts.Parse(File.ReadAllBytes(changed)).Version);
        using AnomalyDetector detector = Open(changed);
        AssertScoresAs(expected, detector, value);

        // A further change copies the file of format 2 as it is.
        string again = _folder.File("again.sdad");
        var folds = new ThresholdOptions { Method = ThresholdMethod.FoldMaxima };
        AnomalyDetector.ChangeThresholds(changed, folds, outputPath: again);
        using AnomalyDetector restored = Open(again);
        AssertScoresAs(expected, restored);
        Assert.Equal((double)expected["pixelThreshold"]!, restored.Thresholds.Pixel.Value);
        Assert.Equal((string)expected["fingerprint"]!, restored.Fingerprint.Sha256);
    }

    [Fact]
    public void A_detector_saved_again_stays_the_same_detector()
    {
        using AnomalyDetector old = AnomalyDetector.Load(Path.Combine(Versions, "version-1.sdad"));
        old.Save(_folder.File("a.sdad"));
        using AnomalyDetector saved = AnomalyDetector.Load(_folder.File("a.sdad"));
        saved.Save(_folder.File("b.sdad"));
        Assert.Equal(File.ReadAllBytes(_folder.File("a.sdad")), File.ReadAllBytes(_folder.File("b.sdad")));
        Assert.Equal(old.Fingerprint, saved.Fingerprint);
        Assert.Equal(
            Sha256(old.Inspect(TinyDetector.Picture(_folder.Path)).Map),
            Sha256(saved.Inspect(TinyDetector.Picture(_folder.Path)).Map));
    }

    private static AnomalyDetector Open(string path) => AnomalyDetector.Load(
        path, new LoadOptions { Device = ExecutionDevice.Cpu, Backbones = [BackboneFile.Open("compact")] });

    private static JsonNode Expected(string name)
    {
        JsonNode expected = JsonNode.Parse(File.ReadAllText(Path.Combine(Versions, name + ".json")))!;
        byte[] file = File.ReadAllBytes(Path.Combine(Versions, name + ".sdad"));
        Assert.Equal((string)expected["sha256"]!, Convert.ToHexStringLower(SHA256.HashData(file)));
        return expected;
    }

    private static void AssertScoresAs(JsonNode expected, AnomalyDetector detector, double? threshold = null)
    {
        foreach (JsonNode? image in expected["images"]!.AsArray())
        {
            string path = (string)image!["path"]!;
            Inspection inspection = detector.Inspect(Path.Combine(Repository.Root, "datasets.sample", path));
            double score = (double)image["score"]!;
            bool isAbnormal = threshold is { } changed ? score > changed : (string)image["decision"]! == "abnormal";
            Assert.Equal((path, score, isAbnormal), (path, inspection.Score, inspection.IsAbnormal));
            Assert.Null(inspection.PValue);
            Assert.Equal((string)image["mapSha256"]!, Sha256(inspection.Map));
            Assert.Equal((double)image["nearest"]!["x"]!, inspection.HighestPatch.X);
            Assert.Equal((double)image["nearest"]!["y"]!, inspection.HighestPatch.Y);
            Assert.Equal((string)image["nearest"]!["training_image"]!, inspection.HighestPatch.TrainingImage);
            Assert.Equal(image["regions"]!.AsArray().Select(region => ToRegion(region!)), inspection.Regions);
        }
    }

    private static Region ToRegion(JsonNode json) => new(
        (int)json["x"]!,
        (int)json["y"]!,
        (int)json["width"]!,
        (int)json["height"]!,
        (int)json["area"]!,
        (float)json["peak"]!,
        (int)json["peak_x"]!,
        (int)json["peak_y"]!,
        (double)json["centroid_x"]!,
        (double)json["centroid_y"]!);

    private static string Sha256(AnomalyMap map) =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(map.Values.AsSpan())));
}
