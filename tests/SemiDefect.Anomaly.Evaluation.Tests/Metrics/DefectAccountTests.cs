using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Metrics;

public class DefectAccountTests
{
    [Fact]
    public void Each_defect_is_accounted_for_with_size_contrast_and_reason()
    {
        using var folder = new TemporaryFolder();
        LabeledDataset dataset = LabeledDataset.Open(SmallDataset.Write(folder.Path));
        var options = FitPresets.Create(FitPresets.Fast) with { ResizeSize = 64, Coreset = new(fraction: 0.2) };
        using AnomalyDetector detector = AnomalyDetector.Fit(dataset.TrainGood!, options);
        var inspected = new List<string>();
        EvaluationResult result = DatasetEvaluator.Evaluate(
            detector,
            dataset,
            new EvaluationOptions { Resamples = 10 },
            onInspected: (image, inspection) => inspected.Add($"{image.Path} {inspection.Score:R}"));
        Assert.Equal(result.Images.Select(image => $"{image.Image.Path} {image.Score:R}"), inspected);

        IReadOnlyList<DefectAccount> accounts = DefectAccount.Of(result, detector);
        Assert.Equal(3, accounts.Count);
        Assert.All(accounts, account =>
        {
            Assert.Equal("found", account.Answer);
            Assert.Equal("above the threshold", account.Reason);
            Assert.Equal((12, 0), (account.Good, account.GoodAsHigh));
            Assert.Equal(SyntheticParts.BlotSide, account.Side!.Value, 1e-9);

            // A blot of 20 to 28 on stripes of 90 and 170.
            Assert.InRange(account.Contrast!.Value, 80, 140);
        });

        double highest = detector.Thresholds.ImageScores.Max();
        ImageResult found = accounts[0].Image;
        string Reason(double score, double threshold) => DefectAccount
            .Of(result with { Images = [found with { Score = score, Threshold = threshold }] }, detector)[0].Reason;
        Assert.Equal(
            "above all 12 good images, but not above the threshold", Reason(highest * 1.01, highest * 2));
        Assert.Equal(
            "not above the threshold; 1 of 12 good images score as high", Reason(highest, highest * 2));
        Assert.Equal(
            "missed", (accounts[0] with { Image = found with { Threshold = 1e9, CheckThreshold = null } }).Answer);
        Assert.Equal(
            "check", (accounts[0] with { Image = found with { Threshold = 1e9, CheckThreshold = 0 } }).Answer);
    }
}
