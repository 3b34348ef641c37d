using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Serialization;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Views;

public sealed class BrightnessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Samples_are_scaled_rounded_and_cut_off()
    {
        Image picture = Pictures.Of(16, 16, (x, y) => 16 * y + x);
        foreach (int hundredths in (int[])[10, 55, 80, 120, 400])
        {
            Image scaled = BrightnessFactors.Scale(picture, hundredths);
            for (int value = 0; value < 256; value++)
            {
                decimal exact = Math.Round(value * hundredths / 100m, MidpointRounding.AwayFromZero);
                Assert.Equal((int)Math.Min(255, exact), scaled.Rgb[3 * value]);
            }
        }

    }

    [Fact]
    public void Every_view_is_learned_at_each_brightness_after_its_own()
    {
        ViewPlan plan = Plan(0.8, 1.2) with { Turns = 4 };
        IReadOnlyList<View> views = plan.ToLearn(64, 48);
        Assert.Equal((12, 12), (views.Count, plan.LearnedTurns));
        Assert.Equal([.. Enumerable.Repeat(100, 4), .. Enumerable.Repeat(80, 4), .. Enumerable.Repeat(120, 4)],
            views.Select(view => view.Brightness));
        Assert.Equal(views.Take(4).Select(view => view.Turn), views.Skip(8).Select(view => view.Turn));
        Assert.All(plan.ToInspect(64, 48), view => Assert.Equal(100, view.Brightness));
        Assert.Equal(Plan(0.8, 1.2), Plan(0.8, 1.2));
        Assert.NotEqual(Plan(0.8, 1.2), Plan(0.8));
        Assert.Null(Plan().Brightness);
    }

    [Fact]
    public void Factors_that_cannot_be_are_refused()
    {
        double[][] impossible =
        [
            [1], [0], [0.05], [4.1], [0.805], [double.NaN], [1e300], [0.8, 0.8],
            [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
        ];
        Assert.All(
            impossible,
            factors => Assert.Throws<SemiDefectException>(() => new FitOptions { Brightness = factors }));
    }

    [Fact]
    public void A_part_in_the_light_that_was_learned_is_normal()
    {
        string good = SyntheticParts.WriteGood(_folder.File("good"), 12);
        using AnomalyDetector plain = Fit(good, []);
        using AnomalyDetector lit = Fit(good, [0.8, 1.2]);
        Image part = ImageFile.Read(
            Path.Combine(SyntheticParts.WriteGood(_folder.File("new"), 1, first: 500), "500.png"));
        foreach (int hundredths in (int[])[80, 120])
        {
            Image other = BrightnessFactors.Scale(part, hundredths);
            Assert.False(lit.Inspect(other).IsAbnormal);
            Assert.True(lit.Inspect(other).Score < plain.Inspect(other).Score);
        }

        Assert.True(lit.Inspect(SyntheticParts.WriteBad(_folder.File("bad.png"))).IsAbnormal);

        // An image is never scored by its own copies.
        Assert.All(lit.Thresholds.ImageScores, score => Assert.True(score > 0));
        Assert.Equal(3 * plain.Description.Patches, lit.Description.Patches);
    }

    [Fact]
    public void The_factors_are_stored_and_an_update_learns_by_them()
    {
        string good = SyntheticParts.WriteGood(_folder.File("good"), 8);
        using (AnomalyDetector fitted = Fit(good, [0.8, 1.2]))
        {
            fitted.Save(_folder.File("a.sdad"));
        }

        using AnomalyDetector detector = AnomalyDetector.Load(_folder.File("a.sdad"));
        Assert.Equal([0.8, 1.2], detector.Description.Lanes[0].Views.Brightness!.Values);
        using AnomalyDetector grown = detector.Update(
            ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("more"), 4, first: 100)));
        Assert.Equal([0.8, 1.2], grown.Description.Lanes[0].Views.Brightness!.Values);
        Assert.Equal(detector.Description.Patches / 8 * 12, grown.Description.Patches);
        DetectorFileParts parts = DetectorFileParts.Parse(File.ReadAllBytes(_folder.File("a.sdad")));
        Assert.Equal(2, (int)parts.Components("view-plan").Single()["version"]!);
        using AnomalyDetector plain = Fit(good, []);
        plain.Save(_folder.File("b.sdad"));
        parts = DetectorFileParts.Parse(File.ReadAllBytes(_folder.File("b.sdad")));
        Assert.Equal(1, (int)parts.Components("view-plan").Single()["version"]!);
        Assert.Null(parts.Options("view-plan").Single()["brightness"]);
        Assert.Throws<SemiDefectException>(() => AnomalyDetector.Merge(plain, detector));
    }

    private static ViewPlan Plan(params double[] factors) =>
        new FitOptions { Brightness = factors }.Plans(BackboneInput.ImageNet).First();

    private static AnomalyDetector Fit(string good, double[] factors) => AnomalyDetector.Fit(
        ImageFolder.Open(good),
        FitPresets.Create(FitPresets.Fast) with
        {
            ResizeSize = 64,
            Coreset = new(fraction: 0.2),
            Brightness = factors,
        });
}
