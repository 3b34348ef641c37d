using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Detection;

public class FoldBankTests
{
    private const int Images = 10;

    [Fact]
    public void A_detector_with_a_bank_per_fold_gives_p_values()
    {
        using AnomalyDetector detector = Fit();
        Assert.True(detector.Document.HasFoldBanks);
        Assert.Equal(5, detector.Document.Branches.Count);
        double[] scores = [.. detector.Thresholds.ImageScores];
        Assert.Equal(Images, scores.Length);
        Inspection bad = detector.Inspect(Pictures.Texture(64, 64, 90).With(20, 30, 9, 9, 0));
        Assert.Equal(1.0 / (Images + 1), bad.PValue!.Value, 12);
        Assert.True(bad.IsAbnormal);
        Inspection good = detector.Inspect(Pictures.Texture(64, 64, 91));
        Assert.Equal((scores.Count(score => score >= good.Score) + 1.0) / (Images + 1), good.PValue!.Value, 12);
    }

    [Fact]
    public void A_new_image_takes_the_highest_score_of_all_folds()
    {
        // With all patches kept, the bank of a fold contains the patches of the other folds' images.
        using AnomalyDetector detector = Fit();
        var folds = new FoldAssignment(Images, 5, 0);
        Image image = Pictures.Texture(64, 64, 92).With(10, 10, 5, 5, 60);
        double expected = Enumerable.Range(0, 5).Max(fold =>
        {
            int[] others = folds.Others(fold);
            var images = new ImageList([.. others.Select(i => ($"{i}", Pictures.Texture(64, 64, (ulong)i)))]);
            using AnomalyDetector one = AnomalyDetector.Fit(images, CellFits.Options());
            return one.Inspect(image).Score;
        });
        Assert.Equal(expected, detector.Inspect(image).Score);
    }

    [Fact]
    public void Its_thresholds_can_be_changed_by_every_rule()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("d.sdad");
        using (AnomalyDetector detector = Fit())
        {
            detector.Save(path);
        }

        DetectorThresholds kept = AnomalyDetector.ReadDocument(path).Thresholds;
        var folds = new FoldAssignment(Images, 5, 0);
        double maxima =
            Enumerable.Range(0, 5).Average(fold => folds.Members(fold).Max(image => kept.FoldImageScores[image]));
        (_, DetectorThresholds byMaxima) =
            AnomalyDetector.ChangeThresholds(path, new ThresholdOptions { Method = ThresholdMethod.FoldMaxima });
        Assert.Equal(maxima, byMaxima.Image.Value, 12);
        Assert.Equal("fold-maxima", byMaxima.Image.Method);

        (DetectorThresholds before, DetectorThresholds conformal) =
            AnomalyDetector.ChangeThresholds(path, new ThresholdOptions { FalseAlarmRate = 0.1 });
        Assert.Equal(maxima, before.Image.Value, 12);

        // The rank rule for 10 images and a rate of 0.1: the highest score.
        Assert.Equal("conformal", conformal.Image.Method);
        Assert.Equal(kept.ImageScores.Max(), conformal.Image.Value);
        Assert.Equal(kept.PixelPeaks.Max(), conformal.Pixel.Value);

        (_, DetectorThresholds fixedValue) = AnomalyDetector.ChangeThresholds(
            path, new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = 0.25 }, pixelValue: 0.5);
        Assert.Equal((0.25, 0.5), (fixedValue.Image.Value, fixedValue.Pixel.Value));
        using AnomalyDetector loaded = AnomalyDetector.Load(path, new LoadOptions { Encoder = new CellEncoder() });
        Assert.Equal(0.25, loaded.Inspect(Pictures.Texture(64, 64, 91)).Threshold);
    }

    [Fact]
    public void Several_scales_do_not_go_with_a_bank_per_fold()
    {
        FitOptions options =
            CellFits.Options() with { Resize = ResizeKind.Squash, Scales = [64, 96], FoldBanks = true };
        Assert.Equal(
            "A memory bank per fold (preset seed) goes with one backbone at one scale only: leave out the others.",
            Assert.Throws<SemiDefectException>(options.Validate).Message);
    }

    private static AnomalyDetector Fit() =>
        AnomalyDetector.Fit(Pictures.Good(Images, 64, 64), CellFits.Options() with { FoldBanks = true });
}
