using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Updating;

[Trait("Speed", "Slow")]
public sealed class SuccessiveUpdatesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Five_updates_add_a_new_kind_of_part_and_defects_are_still_detected()
    {
        FitOptions options =
            FitPresets.Create(FitPresets.Fast) with { ResizeSize = 96, Coreset = new(fraction: 0.2), Folds = 3 };
        AnomalyDetector detector = Fit(options, 12);
        try
        {
            Assert.True(detector.Inspect(Part(500, across: true)).IsAbnormal);
            for (int step = 0; step < 5; step++)
            {
                string folder =
                    SyntheticParts.WriteGood(_folder.File($"step{step}"), 6, first: 100 + 6 * step, across: step > 0);
                detector = Replace(detector, detector.Update(ImageFolder.Open(folder)));
            }

            for (int i = 500; i < 510; i++)
            {
                Assert.False(detector.Inspect(Part(i, across: false)).IsAbnormal);
                Assert.False(detector.Inspect(Part(i, across: true)).IsAbnormal);
            }

            Assert.True(detector.Inspect(SyntheticParts.WriteBad(_folder.File("bad.png"))).IsAbnormal);
            Assert.True(
                detector.Inspect(SyntheticParts.WriteBad(_folder.File("bad-across.png"), across: true)).IsAbnormal);
            Assert.Equal(42, detector.Document.Fit.Images.Count);
            Assert.Equal(
                ["fit +12", .. Enumerable.Repeat("update +6", 5)],
                detector.Document.Fit.Steps.Select(step => $"{step.Kind} +{step.Images}"));
            Assert.Equal(detector.Document.Banks[0].Rows, detector.Document.Fit.Steps[^1].Rows);
            Assert.Equal((int)(0.2 * detector.Document.Fit.Patches), detector.Document.Banks[0].Rows);
            Assert.Equal(42 * 12 * 12, detector.Document.Fit.Patches);
        }
        finally
        {
            detector.Dispose();
        }
    }

    [SharedFact]
    public void Five_updates_on_real_tiles_rank_images_as_one_fit_does()
    {
        // Every sixth good tile for training, in six consecutive parts; every fourth test image for evaluation.
        LabeledDataset all = LabeledDataset.OpenAll(Repository.SharedPath("data/magnetic-tile"), true, 0)[0];
        FolderImage[] good = [.. all.TrainGood!.Items.Where((_, i) => i % 6 == 0).Take(114)];
        LabeledImage[] test = [.. all.Test.Where((_, i) => i % 4 == 0)];
        FitOptions options = FitPresets.Create(FitPresets.Fast) with
        {
            Backbones = [BackboneFile.Open(Repository.SharedPath("backbones/resnet18-layer1-3.onnx"))],
            Taps = ["layer2", "layer3"],
            ResizeSize = 128,
            Coreset = new(fraction: 0.1),
        };
        using AnomalyDetector single = AnomalyDetector.Fit(ImageFolder.Of(all.TrainGood.FullPath, good), options);
        AnomalyDetector grown = AnomalyDetector.Fit(ImageFolder.Of(all.TrainGood.FullPath, good[..19]), options);
        try
        {
            double first = Auroc(grown, test);
            for (int step = 1; step <= 5; step++)
            {
                grown = Replace(
                    grown, grown.Update(ImageFolder.Of(all.TrainGood.FullPath, good[(19 * step)..(19 * (step + 1))])));
            }

            double once = Auroc(single, test);
            double updated = Auroc(grown, test);
            Assert.InRange(updated, once - 0.005, 1);
            Assert.True(updated > first + 0.02, $"{first} before, {updated} after the updates");
            Assert.All(
                grown.InspectAll([.. good[..19].Select(item => item.FullPath)]),
                inspection => Assert.False(inspection.IsAbnormal));
        }
        finally
        {
            grown.Dispose();
        }
    }

    private static AnomalyDetector Replace(AnomalyDetector old, AnomalyDetector next)
    {
        old.Dispose();
        return next;
    }

    private static double Auroc(AnomalyDetector detector, LabeledImage[] test)
    {
        double[] scores =
            [.. detector.InspectAll([.. test.Select(image => image.FullPath)]).Select(inspection => inspection.Score)];
        double pairs = 0;
        int count = 0;
        foreach ((LabeledImage good, double low) in test.Zip(scores).Where(pair => !pair.First.IsAbnormal))
        {
            foreach ((LabeledImage bad, double high) in test.Zip(scores).Where(pair => pair.First.IsAbnormal))
            {
                pairs += high > low ? 1 : high == low ? 0.5 : 0;
                count++;
            }
        }

        return pairs / count;
    }

    private string Part(int number, bool across) =>
        Path.Combine(
            SyntheticParts.WriteGood(_folder.File($"new-{across}"), 1, first: number, across: across),
            $"{number:D3}.png");

    private AnomalyDetector Fit(FitOptions options, int images) =>
        AnomalyDetector.Fit(ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("good"), images)), options);
}
