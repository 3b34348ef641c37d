using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Updating;

[Trait("Speed", "Slow")]
public sealed class UpdateTests : IDisposable
{
    private static readonly FitOptions Small =
        FitPresets.Create(FitPresets.Fast) with { ResizeSize = 64, Coreset = new(fraction: 0.2), Folds = 3 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_stay_and_the_farthest_new_patches_follow()
    {
        using AnomalyDetector before = Fit(Small, 8);
        string more = SyntheticParts.WriteGood(_folder.File("more"), 5, first: 100);
        using AnomalyDetector after = before.Update(ImageFolder.Open(more));
        int own = before.Document.Banks[0].Rows;
        int rows = after.Document.Banks[0].Rows;
        before.Save(_folder.File("before.sdad"));
        after.Save(_folder.File("after.sdad"));
        using var old = DetectorFileReader.Read(_folder.File("before.sdad"));
        using var grown = DetectorFileReader.Read(_folder.File("after.sdad"));
        Assert.Equal(old.Banks[0].Vectors.RowBlock(0, own), grown.Banks[0].Vectors.RowBlock(0, own));

        // The reference: all distances in float64, the farthest new patch next.
        AnomalyDetector.ExportFeatures(ImageFolder.Open(more), Small, _folder.File("more.npy"));
        (int[] shape, float[] values) = NpyFile.Read<float>(_folder.File("more.npy"));
        using FeatureMatrix patches = FeatureMatrix.CopyOf(values, shape[0], shape[1]);
        double[] distances =
        [
            .. Enumerable.Range(0, shape[0]).Select(patch =>
                Enumerable.Range(0, own).Min(row => Squared(patches.Row(patch), old.Banks[0].Vectors.Row(row))))
        ];
        for (int row = own; row < rows; row++)
        {
            int farthest = Array.IndexOf(distances, distances.Max());
            Assert.Equal(
                (8 + farthest / 64, farthest % 64),
                (grown.Banks[0].SourceImages[row], grown.Banks[0].SourcePatches[row]));
            for (int patch = 0; patch < shape[0]; patch++)
            {
                distances[patch] = Math.Min(distances[patch], Squared(patches.Row(patch), patches.Row(farthest)));
            }
        }
    }

    [Fact]
    public void New_images_are_scored_by_the_bank_extended_with_the_other_folds()
    {
        using AnomalyDetector before = Fit(Small, 8);
        string more = SyntheticParts.WriteGood(_folder.File("more"), 7, first: 100);
        using AnomalyDetector after = before.Update(ImageFolder.Open(more));
        Assert.Equal(before.Thresholds.ImageScores, after.Thresholds.ImageScores.Take(8));
        Assert.Equal(before.Thresholds.PixelPeaks, after.Thresholds.PixelPeaks.Take(8));
        Assert.Equal(ThresholdRule.Compute([.. after.Thresholds.ImageScores], Small.Threshold), after.Thresholds.Image);
        Assert.Equal(ThresholdRule.Compute([.. after.Thresholds.PixelPeaks], Small.Threshold), after.Thresholds.Pixel);

        var folds = new FoldAssignment(7, 3, 0);
        for (int fold = 0; fold < 3; fold++)
        {
            FolderImage[] others = [.. folds.Others(fold).Select(image => ImageFolder.Open(more).Items[image])];
            using AnomalyDetector part = before.Update(ImageFolder.Of(more, others));
            foreach (int image in folds.Members(fold))
            {
                Inspection inspection = part.Inspect(Path.Combine(more, $"{100 + image:D3}.png"));
                Assert.Equal(inspection.Score, after.Thresholds.ImageScores[8 + image]);
                Assert.Equal(inspection.InputMap.Peak, after.Thresholds.PixelPeaks[8 + image]);
            }
        }
    }

    [Fact]
    public void Known_images_are_scored_again_by_all_rows_except_their_own()
    {
        using AnomalyDetector before = Fit(Small with { Coreset = new(fraction: 1) }, 8);
        string more = SyntheticParts.WriteGood(_folder.File("more"), 4, first: 100);
        using AnomalyDetector without = before.Update(ImageFolder.Open(more));

        // Two of the old images under other names, and an unknown one.
        string known = SyntheticParts.WriteGood(_folder.File("known"), 1, first: 900);
        File.Copy(_folder.File("good/002.png"), Path.Combine(known, "x.png"));
        File.Copy(_folder.File("good/006.png"), Path.Combine(known, "a.png"));
        using AnomalyDetector after = before.Update(ImageFolder.Open(more), ImageFolder.Open(known));
        Assert.Equal(without.Fingerprint.Bank, after.Fingerprint.Bank);

        // Without reduction, the bank without an image is the bank of all other images.
        SyntheticParts.WriteGood(_folder.File("all"), 8);
        SyntheticParts.WriteGood(_folder.File("all"), 4, first: 100);
        ImageFolder all = ImageFolder.Open(_folder.File("all"));
        for (int image = 0; image < 12; image++)
        {
            double expected = without.Thresholds.ImageScores[image];
            double expectedPeak = without.Thresholds.PixelPeaks[image];
            if (image is 2 or 6)
            {
                using AnomalyDetector rest = AnomalyDetector.Fit(
                    ImageFolder.Of(all.FullPath, [.. all.Items.Where((_, i) => i != image)]),
                    Small with { Coreset = new(fraction: 1) });
                Inspection inspection = rest.Inspect(all.Items[image].FullPath);
                expected = Math.Min(expected, inspection.Score);
                expectedPeak = Math.Min(expectedPeak, inspection.InputMap.Peak);
            }

            Assert.Equal(expected, after.Thresholds.ImageScores[image]);
            Assert.Equal(expectedPeak, after.Thresholds.PixelPeaks[image]);
        }

        Assert.Equal(ThresholdRule.Compute([.. after.Thresholds.ImageScores], Small.Threshold), after.Thresholds.Image);
        ImageFolder strangers = ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("strangers"), 2, first: 950));
        Assert.Contains(
            "knows none",
            Assert.Throws<SemiDefectException>(() => before.Update(ImageFolder.Open(more), strangers)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void No_score_grows_by_an_update()
    {
        using AnomalyDetector before = Fit(Small, 8);
        using AnomalyDetector after =
            before.Update(ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("more"), 5, first: 100)));
        for (int i = 500; i < 508; i++)
        {
            string part = Part(i, across: i % 2 == 0);
            Assert.True(after.Inspect(part).Score <= before.Inspect(part).Score);
        }
    }

    [Fact]
    public void A_single_new_image_is_scored_by_the_old_detector()
    {
        using AnomalyDetector before = Fit(Small, 8);
        string more = SyntheticParts.WriteGood(_folder.File("more"), 1, first: 100);
        using AnomalyDetector after = before.Update(ImageFolder.Open(more));
        Assert.Equal(before.Inspect(Path.Combine(more, "100.png")).Score, after.Thresholds.ImageScores[^1]);
    }

    [Fact]
    public void Known_images_are_skipped()
    {
        var log = new ListLogger();
        using AnomalyDetector before = Fit(Small with { Logger = log }, 8);
        SyntheticParts.WriteGood(_folder.File("more"), 2, first: 100);
        using AnomalyDetector expected = before.Update(ImageFolder.Open(_folder.File("more")));

        // One of the old images under another name.
        File.Copy(_folder.File("good/003.png"), _folder.File("more/000-copy.png"));
        using AnomalyDetector actual = before.Update(ImageFolder.Open(_folder.File("more")));
        Assert.Equal(expected.Fingerprint, actual.Fingerprint);
        string line = Assert.Single(log.Lines);
        Assert.Contains("1 of 3 images are in the detector already", line, StringComparison.Ordinal);
        Assert.Contains(
            "nothing was changed",
            Assert.Throws<SemiDefectException>(() => actual.Update(ImageFolder.Open(_folder.File("more")))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_cannot_run_a_detector_are_refused()
    {
        Assert.Throws<SemiDefectException>(() => new LoadOptions { BatchSize = 0 });
        Assert.Throws<SemiDefectException>(() => new LoadOptions { Threads = -1 });
    }

    [Fact]
    public void More_than_the_memory_allowed_is_refused_with_the_number_of_images_that_fit()
    {
        FitOptions options = Small with { ResizeSize = 800, Coreset = new(count: 20), MaxMemory = 64L << 20 };
        SyntheticParts.WriteGood(_folder.File("more"), 2, first: 100, width: 64, height: 64);
        using AnomalyDetector before = AnomalyDetector.Fit(
            ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("good"), 3, width: 64, height: 64)), options);
        string refused =
            Assert.Throws<SemiDefectException>(() => before.Update(ImageFolder.Open(_folder.File("more")))).Message;
        Assert.Contains("with 1 images at a time", refused, StringComparison.Ordinal);

        // Images that the detector already knows need no memory.
        SyntheticParts.WriteGood(_folder.File("mostly-known"), 1, first: 100, width: 64, height: 64);
        for (int i = 0; i < 3; i++)
        {
            File.Copy(_folder.File($"good/00{i}.png"), _folder.File($"mostly-known/old-{i}.png"));
        }

        using AnomalyDetector one = before.Update(ImageFolder.Open(_folder.File("mostly-known")));
        Assert.Equal(4, one.Document.Fit.Images.Count);
        before.Save(_folder.File("before.sdad"));
        using AnomalyDetector loaded = AnomalyDetector.Load(_folder.File("before.sdad"));
        using AnomalyDetector after = loaded.Update(ImageFolder.Open(_folder.File("more")));
        Assert.Equal(5, after.Document.Fit.Images.Count);
    }

    [Fact]
    public void Threads_and_batches_change_no_byte_of_an_update()
    {
        SyntheticParts.WriteGood(_folder.File("more"), 5, first: 100);
        byte[] Bytes(int threads, int batch)
        {
            using AnomalyDetector before = Fit(Small with { Threads = threads, BatchSize = batch }, 8);
            using AnomalyDetector after = before.Update(ImageFolder.Open(_folder.File("more")));
            after.Save(_folder.File("after.sdad"));
            return File.ReadAllBytes(_folder.File("after.sdad"));
        }

        byte[] first = Bytes(1, 1);
        Assert.Equal(first, Bytes(3, 4));

        // The same from a file, and the updated detector verifies.
        using AnomalyDetector fresh = Fit(Small, 8);
        fresh.Save(_folder.File("before.sdad"));
        using AnomalyDetector loaded = AnomalyDetector.Load(_folder.File("before.sdad"));
        using AnomalyDetector updated = loaded.Update(ImageFolder.Open(_folder.File("more")));
        updated.Save(_folder.File("after.sdad"));
        Assert.Equal(first, File.ReadAllBytes(_folder.File("after.sdad")));
        Assert.True(updated.Verify().IsIdentical);
    }

    [Fact]
    public void A_bank_of_a_fixed_number_of_patches_keeps_its_number()
    {
        using AnomalyDetector before = Fit(Small with { Coreset = new(count: 50) }, 8);
        using AnomalyDetector after = before.Update(
            ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("more"), 4, first: 100, across: true)));
        Assert.Equal(50, after.Document.Banks[0].Rows);
        Assert.True(after.Inspect(Part(500, across: true)).Score < before.Inspect(Part(500, across: true)).Score / 2);
    }

    [Fact]
    public void A_bank_with_a_covering_radius_gains_only_patches_beyond_it()
    {
        using AnomalyDetector probe = Fit(Small, 8);
        double radius = probe.Thresholds.ImageScores.Max() / 2;
        using AnomalyDetector before = AnomalyDetector.Fit(
            ImageFolder.Open(_folder.File("good")), Small with { Coreset = new(coveringRadius: radius) });
        using AnomalyDetector after = before.Update(
            ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("more"), 4, first: 100, across: true)));
        Assert.True(after.Document.Banks[0].Rows > before.Document.Banks[0].Rows);
        Assert.All(
            after.InspectAll(Directory.GetFiles(_folder.File("more"))),
            inspection => Assert.InRange(inspection.Score, 0, radius));
    }

    [Fact]
    public void Values_set_by_hand_remain()
    {
        SyntheticParts.WriteGood(_folder.File("more"), 3, first: 100);
        using AnomalyDetector byHand =
            Fit(Small with { Threshold = new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = 3 } }, 6);
        using AnomalyDetector updated = byHand.Update(ImageFolder.Open(_folder.File("more")));
        Assert.Equal((3.0, 9), (updated.Thresholds.Image.Value, updated.Thresholds.ImageScores.Count));

        using AnomalyDetector single = AnomalyDetector.Fit(
            ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("one"), 1)),
            Small with { Threshold = new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = 3 } });
        using AnomalyDetector grownSingle = single.Update(ImageFolder.Open(_folder.File("more")));
        Assert.Equal((3.0, 0), (grownSingle.Thresholds.Image.Value, grownSingle.Thresholds.ImageScores.Count));

        using AnomalyDetector plain = Fit(Small, 6);
        plain.Save(_folder.File("a.sdad"));
        AnomalyDetector.ChangeThresholds(_folder.File("a.sdad"), new ThresholdOptions { FalseAlarmRate = 0.1 }, 2.5);
        using AnomalyDetector changed = AnomalyDetector.Load(_folder.File("a.sdad"));
        using AnomalyDetector after = changed.Update(ImageFolder.Open(_folder.File("more")));
        Assert.Equal(2.5, after.Thresholds.Pixel.Value);
        Assert.Equal(
            ThresholdRule.Compute([.. after.Thresholds.ImageScores], new ThresholdOptions { FalseAlarmRate = 0.1 }),
            after.Thresholds.Image);
    }

    [Fact]
    public void A_bank_per_fold_is_not_updated()
    {
        using AnomalyDetector ensemble = Fit(
            Small with { FoldBanks = true, Threshold = new ThresholdOptions { Method = ThresholdMethod.FoldMaxima } },
            6);
        SemiDefectException error = Assert.Throws<SemiDefectException>(
            () => ensemble.Update(ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("more"), 3, first: 100))));
        Assert.Contains("a bank per fold", error.Message, StringComparison.Ordinal);
    }

    private static double Squared(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        }

        return sum;
    }

    private string Part(int number, bool across) =>
        Path.Combine(
            SyntheticParts.WriteGood(_folder.File($"new-{across}"), 1, first: number, across: across),
            $"{number:D3}.png");

    private AnomalyDetector Fit(FitOptions options, int images) =>
        AnomalyDetector.Fit(ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("good"), images)), options);
}
