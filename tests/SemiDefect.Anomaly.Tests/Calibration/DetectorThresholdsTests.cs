using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Calibration;

public sealed class DetectorThresholdsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_rate_gives_the_same_thresholds_as_a_fit_with_it()
    {
        string path = Save(new ThresholdOptions());
        (DetectorThresholds before, DetectorThresholds after) =
            AnomalyDetector.ChangeThresholds(path, new ThresholdOptions { FalseAlarmRate = 0.2 });
        Assert.Equal("conformal", after.Image.Method);
        Assert.True(after.Image.Value < before.Image.Value);
        Assert.True(after.Pixel.Value < before.Pixel.Value);

        string direct = Save(new ThresholdOptions { FalseAlarmRate = 0.2 });
        Assert.Equal(File.ReadAllBytes(direct), File.ReadAllBytes(path));
        Assert.Equal(2, Directory.GetFiles(_folder.Path, "*.sdad").Length);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.tmp"));
    }

    [Fact]
    public void A_fixed_value_sets_the_image_threshold_alone_unless_the_other_is_given()
    {
        string path = Save(new ThresholdOptions());
        string other = _folder.File("other.sdad");
        byte[] bytes = File.ReadAllBytes(path);
        (DetectorThresholds before, DetectorThresholds after) =
            AnomalyDetector.ChangeThresholds(path, Fixed(7), outputPath: other);
        Assert.Equal((7, before.Pixel.Value), (after.Image.Value, after.Pixel.Value));
        Assert.Equal(bytes, File.ReadAllBytes(path));
        using AnomalyDetector detector = AnomalyDetector.Load(other);
        Assert.Equal(7, detector.Inspect(SyntheticParts.WriteBad(_folder.File("bad.png"))).Threshold);
        Assert.Equal(3, before.Change(Fixed(7), pixelValue: 3).Pixel.Value);
    }

    [Fact]
    public void A_detector_of_one_bank_per_fold_changes_between_all_rules_and_back()
    {
        string path = Save(new ThresholdOptions { Method = ThresholdMethod.FoldMaxima }, foldBanks: true);
        DetectorThresholds fitted = AnomalyDetector.ReadDocument(path).Thresholds;
        Assert.Equal(7, AnomalyDetector.ChangeThresholds(path, Fixed(7)).After.Image.Value);
        DetectorThresholds conformal =
            AnomalyDetector.ChangeThresholds(path, new ThresholdOptions { FalseAlarmRate = 0.2 }).After;
        Assert.Equal(
            ThresholdRule.Compute([.. fitted.ImageScores], new ThresholdOptions { FalseAlarmRate = 0.2 }),
            conformal.Image);
        DetectorThresholds back =
            AnomalyDetector.ChangeThresholds(path, new ThresholdOptions { Method = ThresholdMethod.FoldMaxima }).After;
        Assert.Equal((fitted.Image, fitted.Pixel), (back.Image, back.Pixel));
        using AnomalyDetector detector = AnomalyDetector.Load(path);
        Assert.NotNull(detector.Inspect(SyntheticParts.WriteBad(_folder.File("bad.png"))).PValue);
    }

    [Fact]
    public void A_file_that_is_none_is_left_alone()
    {
        File.WriteAllText(_folder.File("x.sdad"), "nothing");
        Assert.ThrowsAny<SemiDefectException>(
            () => AnomalyDetector.ChangeThresholds(_folder.File("x.sdad"), new ThresholdOptions()));
        Assert.Equal("nothing", File.ReadAllText(_folder.File("x.sdad")));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void P_values_are_those_of_the_held_out_scores()
    {
        using AnomalyDetector detector = AnomalyDetector.Load(Save(new ThresholdOptions()));
        Inspection bad = detector.Inspect(SyntheticParts.WriteBad(_folder.File("bad.png")));
        Assert.Equal(1.0 / 13, bad.PValue!.Value, 1e-12);
        double[] sorted = [.. detector.Thresholds.ImageScores.Order()];
        Inspection good = detector.Inspect(_folder.File("good/004.png"));
        Assert.Equal(ConformalThreshold.PValue(sorted, good.Score), good.PValue);
    }

    private static ThresholdOptions Fixed(double value) => new() { Method = ThresholdMethod.Fixed, FixedValue = value };

    private string Save(ThresholdOptions threshold, bool foldBanks = false)
    {
        string good = _folder.File("good");
        if (!Directory.Exists(good))
        {
            SyntheticParts.WriteGood(good, 12);
        }

        string path = _folder.File($"{threshold.Method}-{threshold.FalseAlarmRate}.sdad");
        using AnomalyDetector detector = AnomalyDetector.Fit(
            ImageFolder.Open(good),
            FitPresets.Create(FitPresets.Fast) with
            {
                ResizeSize = 64,
                Coreset = new(fraction: 0.1),
                Folds = 4,
                Threshold = threshold,
                FoldBanks = foldBanks,
            });
        detector.Save(path);
        return path;
    }
}
