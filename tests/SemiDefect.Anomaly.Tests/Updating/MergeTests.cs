using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Updating;

public sealed class MergeTests : IDisposable
{
    private static readonly FitOptions Small =
        FitPresets.Create(FitPresets.Fast) with { ResizeSize = 64, Coreset = new(fraction: 0.2), Folds = 3 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_merged_detector_covers_the_images_of_both()
    {
        using AnomalyDetector along = Fit("a", 8, first: 0, across: false);
        using AnomalyDetector across = Fit("b", 7, first: 100, across: true);
        using AnomalyDetector merged = AnomalyDetector.Merge(along, across);
        foreach (bool isAcross in (bool[])[false, true])
        {
            string part = Path.Combine(
                SyntheticParts.WriteGood(_folder.File($"new-{isAcross}"), 1, first: 500, across: isAcross), "500.png");
            string bad = SyntheticParts.WriteBad(_folder.File($"bad-{isAcross}.png"), across: isAcross);
            Assert.Equal(
                Math.Min(along.Inspect(part).Score, across.Inspect(part).Score), merged.Inspect(part).Score, 1e-12);
            Assert.False(merged.Inspect(part).IsAbnormal);
            Assert.True(merged.Inspect(bad).IsAbnormal);
        }

        Assert.Equal(15, merged.Document.Fit.Images.Count);
        Assert.Equal(15 * 64, merged.Document.Fit.Patches);
        Assert.Equal(
            [.. along.Thresholds.ImageScores.Concat(across.Thresholds.ImageScores).Order()],
            merged.Thresholds.ImageScores.Order());
        Assert.Equal(
            ThresholdRule.Compute([.. merged.Thresholds.ImageScores], Small.Threshold), merged.Thresholds.Image);
        Assert.Equal("merge", merged.Document.Fit.Steps[^1].Kind);
        Assert.True(merged.Verify().IsIdentical);
        Assert.Equal(
            2, merged.Document.Golden.Select(golden => merged.Document.Fit.Images[golden.Image]).Distinct().Count());
    }

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData(FusionRule.Mean)]
    [InlineData(FusionRule.Maximum)]
    [InlineData(FusionRule.SoftMaximum)]
    public void Merged_detectors_of_two_scales_get_one_scale(FusionRule rule)
    {
        FitOptions options = Small with { Scales = [48, 64], Fusion = rule };
        using AnomalyDetector along = Fit("a", 8, first: 0, across: false, options);
        using AnomalyDetector across = Fit("b", 7, first: 100, across: true, options);
        using AnomalyDetector merged = AnomalyDetector.Merge(along, across);
        Assert.NotEqual(along.Document.Fusion, merged.Document.Fusion);
        AssertConsistent(merged, 15);
        foreach (bool isAcross in (bool[])[false, true])
        {
            string part = Path.Combine(
                SyntheticParts.WriteGood(_folder.File($"new-{isAcross}"), 1, first: 500, across: isAcross), "500.png");
            string bad = SyntheticParts.WriteBad(_folder.File($"bad-{isAcross}.png"), across: isAcross);
            Assert.False(merged.Inspect(part).IsAbnormal);
            Assert.True(merged.Inspect(bad).IsAbnormal);
            Assert.NotEmpty(merged.Inspect(bad).Regions);
        }

        Assert.True(merged.Verify().IsIdentical);
        merged.Save(_folder.File("merged.sdad"));
        using AnomalyDetector reversed = AnomalyDetector.Merge(across, along);
        reversed.Save(_folder.File("reversed.sdad"));
        Assert.Equal(File.ReadAllBytes(_folder.File("merged.sdad")), File.ReadAllBytes(_folder.File("reversed.sdad")));

        // What was merged goes on learning, and is merged again.
        using AnomalyDetector loaded = AnomalyDetector.Load(_folder.File("merged.sdad"));
        using AnomalyDetector updated = loaded.Update(
            ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("more"), 3, first: 300)),
            ImageFolder.Open(_folder.File("a")));
        Assert.Equal(loaded.Document.Fusion, updated.Document.Fusion);
        AssertConsistent(updated, 18);
        using AnomalyDetector again = AnomalyDetector.Merge(updated, along);
        AssertConsistent(again, 18);
    }

    [Fact]
    public void A_detector_of_two_scales_merged_with_itself_judges_as_before()
    {
        using AnomalyDetector one = Fit("a", 8, first: 0, across: false, Small with { Scales = [48, 64] });
        using AnomalyDetector same = AnomalyDetector.Merge(one, one);
        Assert.Equal(one.Fingerprint, same.Fingerprint);
        Assert.Equal(one.Thresholds.PixelPeaks, same.Thresholds.PixelPeaks);
    }

    [Fact]
    public void Detectors_of_several_branches_without_the_scores_of_each_are_refused()
    {
        FitOptions options = Small with { Scales = [48, 64] };
        using AnomalyDetector a = Fit("a", 4, first: 0, across: false, options);
        using AnomalyDetector b = Fit("b", 4, first: 100, across: true, options);
        b.Save(_folder.File("b.sdad"));
        DetectorFileEditor.Change(_folder.File("b.sdad"), _folder.File("old.sdad"), document => document with
        {
            Thresholds = document.Thresholds with { BranchImageScores = null, BranchPixelPeaks = null },
        });
        using AnomalyDetector old = AnomalyDetector.Load(_folder.File("old.sdad"));
        Assert.Equal(b.Fingerprint, old.Fingerprint);
        Assert.Contains(
            "kept no scores of each branch",
            Assert.Throws<SemiDefectException>(() => AnomalyDetector.Merge(a, old)).Message,
            StringComparison.Ordinal);
        using AnomalyDetector updated =
            old.Update(ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("more"), 2, first: 300)));
        Assert.Equal(6, updated.Thresholds.ImageScores.Count);
    }

    [Fact]
    public void The_order_of_the_two_changes_no_byte()
    {
        using AnomalyDetector a = Fit("a", 5, first: 0, across: false);
        using AnomalyDetector b = Fit("b", 4, first: 100, across: true);
        using AnomalyDetector ab = AnomalyDetector.Merge(a, b, new CoresetOptions(count: 70));
        using AnomalyDetector ba = AnomalyDetector.Merge(b, a, new CoresetOptions(count: 70));
        ab.Save(_folder.File("ab.sdad"));
        ba.Save(_folder.File("ba.sdad"));
        Assert.Equal(70, ab.Document.Banks[0].Rows);
        Assert.Equal(File.ReadAllBytes(_folder.File("ab.sdad")), File.ReadAllBytes(_folder.File("ba.sdad")));
    }

    [Fact]
    public void Images_and_patches_that_both_know_count_once()
    {
        using AnomalyDetector before = Fit("a", 6, first: 0, across: false);
        using AnomalyDetector one =
            before.Update(ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("one"), 3, first: 100)));
        using AnomalyDetector other = before.Update(
            ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("other"), 3, first: 200, across: true)));
        using AnomalyDetector merged = AnomalyDetector.Merge(one, other);
        Assert.Equal(12, merged.Document.Fit.Images.Count);
        Assert.Equal(12, merged.Thresholds.ImageScores.Count);
        Assert.Equal(12 * 64, merged.Document.Fit.Patches);
        Assert.Equal(
            one.Document.Banks[0].Rows + other.Document.Banks[0].Rows - before.Document.Banks[0].Rows,
            merged.Document.Banks[0].Rows);
        string part = Path.Combine(_folder.File("other"), "201.png");
        PatchMatch match = merged.Inspect(part).HighestPatch;
        Assert.Contains(match.TrainingImage, merged.Document.Fit.Images);

        using AnomalyDetector same = AnomalyDetector.Merge(one, one);
        Assert.Equal(one.Fingerprint.Bank, same.Fingerprint.Bank);
        Assert.Equal(
            one.Thresholds,
            same.Thresholds with { ImageScores = one.Thresholds.ImageScores, PixelPeaks = one.Thresholds.PixelPeaks });

        // A merged detector can be updated.
        using AnomalyDetector updated =
            merged.Update(ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("more"), 3, first: 300)));
        Assert.Equal(15, updated.Document.Fit.Images.Count);
    }

    [Fact]
    public void Detectors_fitted_with_different_options_are_refused_naming_the_difference()
    {
        using AnomalyDetector a = Fit("a", 4, first: 0, across: false);
        (FitOptions Options, string Difference)[] others =
        [
            (Small with { ResizeSize = 72 }, "preprocessing"),
            (Small with { Resize = ResizeKind.ShorterSide }, "preprocessing"),
            (Small with { Patches = new() { PatchSize = 5 } }, "making of patches"),
            (Small with { Scoring = new ScoringOptions { Neighbors = 2 } }, "scoring"),
            (Small with { Map = new AnomalyMapOptions { BlurSigma = 2 } }, "making of maps"),
            (Small with { Threshold = new ThresholdOptions { FalseAlarmRate = 0.05 } }, "rule of the thresholds"),
            (
                Small with
                {
                    FoldBanks = true,
                    Threshold = new ThresholdOptions { Method = ThresholdMethod.FoldMaxima },
                },
                "a bank per fold"),
        ];
        foreach ((FitOptions options, string difference) in others)
        {
            using AnomalyDetector b = AnomalyDetector.Fit(ImageFolder.Open(_folder.File("a")), options);
            Assert.Contains(
                difference,
                Assert.Throws<SemiDefectException>(() => AnomalyDetector.Merge(a, b)).Message,
                StringComparison.Ordinal);
            Assert.Contains(
                difference,
                Assert.Throws<SemiDefectException>(() => AnomalyDetector.Merge(b, a)).Message,
                StringComparison.Ordinal);
        }

        using AnomalyDetector taps = AnomalyDetector.Fit(
            ImageFolder.Open(_folder.File("a")), Small with { Taps = [a.Document.Backbone.Taps[0]] });
        Assert.Contains(
            "taps",
            Assert.Throws<SemiDefectException>(() => AnomalyDetector.Merge(a, taps)).Message,
            StringComparison.Ordinal);
    }

    // As a fit computes them: the scales of the branches' scores, the image scores, and no peak below the real one.
    private static void AssertConsistent(AnomalyDetector detector, int images)
    {
        DetectorThresholds thresholds = detector.Thresholds;
        Assert.Equal(images, thresholds.ImageScores.Count);
        Assert.Equal(images, thresholds.BranchImageScores!.Count);
        Assert.Equal(images, thresholds.BranchPixelPeaks!.Count);
        Assert.Equal(
            thresholds.ImageScores, thresholds.BranchImageScores.Select(detector.Document.Fusion.ImageScore));
        Assert.Equal(ThresholdRule.Compute([.. thresholds.ImageScores], Small.Threshold), thresholds.Image);
        Assert.Equal(ThresholdRule.Compute([.. thresholds.PixelPeaks], Small.Threshold), thresholds.Pixel);
        Assert.All(
            thresholds.PixelPeaks.Zip(thresholds.BranchPixelPeaks),
            image => Assert.True(image.First <= detector.Document.Fusion.PeakOf(image.Second)));
    }

    private AnomalyDetector Fit(string name, int images, int first, bool across, FitOptions? options = null) =>
        AnomalyDetector.Fit(
            ImageFolder.Open(SyntheticParts.WriteGood(_folder.File(name), images, first: first, across: across)),
            options ?? Small);
}
