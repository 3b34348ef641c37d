using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Detection;

public sealed class AnomalyDetectorTests : IDisposable
{
    private static readonly FitOptions Small =
        FitPresets.Create(FitPresets.Fast) with { ResizeSize = 96, Coreset = new(fraction: 0.2), Folds = 4 };

    // How far a patch and its neighborhood reach beyond their centers, in pixels.
    private const int Reach = 12;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_blot_is_found_where_it_is_and_good_parts_pass()
    {
        using AnomalyDetector detector = Fit(Small, 16);
        Inspection bad = detector.Inspect(SyntheticParts.WriteBad(_folder.File("bad.png")));
        Inspection good = detector.Inspect(Path.Combine(SyntheticParts.WriteGood(_folder.File("new"), 30), "029.png"));

        Assert.True(bad.IsAbnormal);
        Assert.False(good.IsAbnormal);
        Assert.True(bad.Margin > 0 && good.Margin <= 0);
        Assert.Equal((96, 64), (bad.Map.Width, bad.Map.Height));
        Region region = bad.Regions[0];
        Assert.InRange(
            region.PeakX, SyntheticParts.BlotLeft - Reach, SyntheticParts.BlotLeft + SyntheticParts.BlotSide + Reach);
        Assert.InRange(
            region.PeakY, SyntheticParts.BlotTop - Reach, SyntheticParts.BlotTop + SyntheticParts.BlotSide + Reach);
        Assert.InRange(
            bad.HighestPatch.X,
            SyntheticParts.BlotLeft - Reach,
            SyntheticParts.BlotLeft + SyntheticParts.BlotSide + Reach);
        Assert.Contains(bad.HighestPatch.TrainingImage, detector.Document.Fit.Images);
    }

    [Fact]
    public void A_batch_gives_the_same_results_as_single_images()
    {
        using AnomalyDetector detector = Fit(Small with { Resize = ResizeKind.ShorterSide, ResizeSize = 64 }, 8);
        string[] paths =
        [
            SyntheticParts.WriteBad(_folder.File("bad.png")),
            SyntheticParts.WriteBad(_folder.File("wide.png"), width: 120),
            Path.Combine(SyntheticParts.WriteGood(_folder.File("new"), 2), "001.png"),
        ];
        PreparedImage[] prepared = [.. paths.Select(path => detector.Prepare(ImageFile.Read(path)))];
        IReadOnlyList<Inspection> batch = detector.InspectBatch(prepared, paths);

        for (int i = 0; i < paths.Length; i++)
        {
            Inspection alone = detector.Inspect(paths[i]);
            Assert.Equal(paths[i], batch[i].Name);
            Assert.Equal(alone.Score, batch[i].Score);
            Assert.Equal(alone.HighestPatch, batch[i].HighestPatch);
            Assert.Equal(alone.Map.Values, batch[i].InputMap.ToOriginal(batch[i].Geometry).Values);
        }

        Assert.Throws<ArgumentException>(() => detector.InspectBatch(prepared, ["one"]));
        Assert.Throws<ArgumentException>(() => new AnomalyMap(1, 1, [0]).ToOriginal(batch[0].Geometry));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Threads_and_batches_change_no_byte_of_the_detector()
    {
        byte[] Bytes(int threads, int batch)
        {
            using AnomalyDetector detector = Fit(Small with { Threads = threads, BatchSize = batch }, 9);
            string path = _folder.File($"{threads}-{batch}.sdad");
            detector.Save(path);
            return File.ReadAllBytes(path);
        }

        byte[] first = Bytes(1, 1);
        Assert.Equal(first, Bytes(2, 8));
        Assert.Equal(first, Bytes(7, 4));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void A_set_larger_than_memory_is_fitted_in_pieces_with_similar_scores()
    {
        FitOptions options = Small with { ResizeSize = 288, Threshold = new() { FalseAlarmRate = 0.1 } };
        using AnomalyDetector whole = Fit(options, 12);
        using AnomalyDetector pieces = Fit(options with { MaxMemory = 64L << 20, Coreset = new(count: 1500) }, 12);
        Assert.Null(whole.Document.Fit.Pieces);
        Assert.InRange(pieces.Document.Fit.Pieces!.Value, 2, 20);
        Assert.Equal(CalibrationMethod.PooledBank, pieces.Document.Fit.Calibration);
        Assert.Equal(1500, pieces.Document.Banks[0].Rows);

        string bad = SyntheticParts.WriteBad(_folder.File("bad.png"));
        string good = Path.Combine(SyntheticParts.WriteGood(_folder.File("new"), 30), "029.png");
        foreach (AnomalyDetector detector in (AnomalyDetector[])[whole, pieces])
        {
            Assert.True(detector.Inspect(bad).IsAbnormal);
            Assert.False(detector.Inspect(good).IsAbnormal);
        }
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Pooled_and_repaired_banks_score_good_images_similarly_to_refitted_ones()
    {
        double[] Scores(CalibrationMethod method)
        {
            using AnomalyDetector detector = Fit(Small with { Calibration = method }, 48);
            Assert.Equal(method, detector.Document.Fit.Calibration);
            Assert.Null(detector.Document.Fit.Pieces);
            return [.. detector.Thresholds.ImageScores];
        }

        double[] refitted = Scores(CalibrationMethod.RefittedBank);
        double[] pooled = Scores(CalibrationMethod.PooledBank);
        Assert.NotEqual(refitted, pooled);
        Assert.InRange(pooled.Average() / refitted.Average(), 0.97, 1.1);
        Assert.InRange(Scores(CalibrationMethod.RepairedBank).Average() / refitted.Average(), 0.93, 1.07);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Good_images_are_scored_by_repaired_banks_if_possible()
    {
        CalibrationMethod Method(FitOptions options)
        {
            using AnomalyDetector detector = Fit(options, 6);
            return detector.Document.Fit.Calibration;
        }

        Assert.Equal(CalibrationMethod.RepairedBank, Method(Small));
        Assert.Equal(
            CalibrationMethod.RepairedBank,
            Method(Small with { Coreset = new(fraction: 0.2, method: CoresetMethod.Approximate) }));
        Assert.Equal(
            CalibrationMethod.RefittedBank,
            Method(
                Small with
                {
                    FoldBanks = true,
                    Threshold = new ThresholdOptions { Method = ThresholdMethod.FoldMaxima },
                }));

        // The only row of the bank belongs to some fold, for which no row is left.
        Assert.Equal(CalibrationMethod.RefittedBank, Method(Small with { Coreset = new(count: 1) }));
    }

    [Fact]
    public void A_bank_that_the_memory_cannot_hold_is_refused_before_any_work()
    {
        var stages = new List<FitProgress>();
        ImageFolder good = ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("good"), 12));
        FitOptions options = Small with { ResizeSize = 288, Coreset = new(fraction: 1), MaxMemory = 64L << 20 };
        var error = Assert.Throws<SemiDefectException>(
            () => AnomalyDetector.Fit(good, options, new SynchronousProgress<FitProgress>(stages.Add)));
        Assert.Contains("--coreset 0.", error.Message, StringComparison.Ordinal);
        Assert.Contains("--max-memory", error.Message, StringComparison.Ordinal);
        Assert.Empty(stages);
    }

    [Fact]
    public void A_loaded_detector_gives_the_same_results_and_saves_the_same_bytes()
    {
        string bad = SyntheticParts.WriteBad(_folder.File("bad.png"));
        using AnomalyDetector fitted = Fit(Small, 8);
        fitted.Save(_folder.File("a.sdad"));
        using AnomalyDetector loaded = AnomalyDetector.Load(_folder.File("a.sdad"));
        loaded.Save(_folder.File("b.sdad"));

        Inspection expected = fitted.Inspect(bad);
        Inspection actual = loaded.Inspect(bad);
        Assert.Equal(expected.Score, actual.Score);
        Assert.Equal(expected.Threshold, actual.Threshold);
        Assert.Equal(expected.InputMap.Values, actual.InputMap.Values);
        Assert.Equal(expected.Regions, actual.Regions);
        Assert.Equal(expected.HighestPatch, actual.HighestPatch);
        Assert.Equal(File.ReadAllBytes(_folder.File("a.sdad")), File.ReadAllBytes(_folder.File("b.sdad")));
    }

    [Fact]
    public void Path_stream_image_and_batch_give_the_same_answer()
    {
        string bad = SyntheticParts.WriteBad(_folder.File("bad.png"));
        using AnomalyDetector detector = Fit(Small, 8);
        using FileStream stream = File.OpenRead(bad);
        double[] scores =
        [
            detector.Inspect(bad).Score,
            detector.Inspect(stream, "stream").Score,
            detector.Inspect(ImageFile.Read(bad)).Score,
            .. detector.InspectAll([Path.Combine(_folder.Path, "good/000.png"), bad])
                .Skip(1)
                .Select(inspection => inspection.Score),
        ];
        Assert.Single(scores.Distinct());
    }

    [Fact]
    public async Task Results_are_in_order_and_unreadable_images_are_skipped()
    {
        using AnomalyDetector detector = Fit(Small with { BatchSize = 2 }, 6);
        await File.WriteAllTextAsync(_folder.File("broken.png"), "no picture");
        string[] paths = [.. Directory.GetFiles(_folder.File("good")).Order(StringComparer.Ordinal)];
        paths[2] = _folder.File("broken.png");
        var failed = new List<int>();
        var seen = new List<int>();
        await foreach (Inspection inspection in detector.InspectAsync(paths, (index, _) => failed.Add(index)))
        {
            Assert.Equal(paths[inspection.Index], inspection.Name);
            seen.Add(inspection.Index);
        }

        Assert.Equal([0, 1, 3, 4, 5], seen);
        Assert.Equal([2], failed);
        Assert.Throws<ImageFormatException>(() => detector.InspectAll(paths).ToList());
    }

    [Fact]
    public void The_seed_rule_is_the_mean_of_the_folds_highest_held_out_scores()
    {
        FitOptions options = Small with
        {
            FoldBanks = true,
            Threshold = new ThresholdOptions { Method = ThresholdMethod.FoldMaxima },
            Folds = 3,
        };
        using AnomalyDetector detector = Fit(options, 9);
        var folds = new FoldAssignment(9, 3, 0);
        double[] highest =
        [
            .. Enumerable.Range(0, 3)
                .Select(fold => folds.Members(fold).Max(image => detector.Thresholds.FoldImageScores[image]))
        ];

        Assert.Equal(highest.Average(), detector.Thresholds.Image.Value, 1e-12);
        Assert.Equal(3, detector.Document.Banks.Count);

        // Out of fold, an image is scored by all banks without rows of its fold, so p-values are meaningful.
        Assert.Equal(0.1, detector.Inspect(SyntheticParts.WriteBad(_folder.File("bad.png"))).PValue!.Value, 1e-12);
        Assert.All(
            detector.Thresholds.ImageScores.Zip(detector.Thresholds.FoldImageScores),
            pair => Assert.True(pair.First >= pair.Second));

        // Each out-of-fold score must equal that of a detector fitted on the other folds.
        for (int fold = 0; fold < 3; fold++)
        {
            string rest = _folder.File($"rest-{fold}");
            foreach (int image in folds.Others(fold))
            {
                Directory.CreateDirectory(rest);
                File.Copy(_folder.File($"good/{image:D3}.png"), Path.Combine(rest, $"{image:D3}.png"));
            }

            using AnomalyDetector part = AnomalyDetector.Fit(ImageFolder.Open(rest), Small);
            foreach (int image in folds.Members(fold))
            {
                Assert.Equal(
                    part.Inspect(_folder.File($"good/{image:D3}.png")).Score,
                    detector.Thresholds.FoldImageScores[image]);
            }
        }
    }

    [Fact]
    public void The_seed_score_is_the_highest_over_the_fold_models()
    {
        string bad = SyntheticParts.WriteBad(_folder.File("bad.png"));
        FitOptions seed = Small with
        {
            FoldBanks = true,
            Threshold = new ThresholdOptions { Method = ThresholdMethod.FoldMaxima },
            Folds = 2,
        };
        using AnomalyDetector ensemble = Fit(seed, 8);
        var folds = new FoldAssignment(8, 2, 0);
        double[] scores = [.. Enumerable.Range(0, 2).Select(fold =>
        {
            string rest = _folder.File($"rest-{fold}");
            Directory.CreateDirectory(rest);
            foreach (int image in folds.Others(fold))
            {
                File.Copy(_folder.File($"good/{image:D3}.png"), Path.Combine(rest, $"{image:D3}.png"));
            }

            using AnomalyDetector part = AnomalyDetector.Fit(ImageFolder.Open(rest), Small);
            return part.Inspect(bad).Score;
        })];
        Assert.Equal(scores.Max(), ensemble.Inspect(bad).Score);

        // With two folds, a bank without the rows of the other fold is empty: there are no scores to compare new images
        // with.
        Assert.Null(ensemble.Inspect(bad).PValue);
    }

    [Fact]
    public void With_the_whole_set_as_bank_masked_repaired_and_refitted_calibration_agree()
    {
        // Without reduction, the final bank without a fold is exactly the bank of the other folds.
        FitOptions all = Small with { Coreset = new(fraction: 1) };
        using AnomalyDetector masked = Fit(all with { Calibration = CalibrationMethod.MaskedBank }, 8);
        using AnomalyDetector refitted = AnomalyDetector.Fit(
            ImageFolder.Open(_folder.File("good")), all with { Calibration = CalibrationMethod.RefittedBank });
        Assert.Equal(refitted.Thresholds.ImageScores, masked.Thresholds.ImageScores);
        Assert.Equal(refitted.Thresholds.PixelPeaks, masked.Thresholds.PixelPeaks);
        Assert.Equal(refitted.Thresholds.Image, masked.Thresholds.Image);
        using AnomalyDetector repaired = AnomalyDetector.Fit(
            ImageFolder.Open(_folder.File("good")), all with { Calibration = CalibrationMethod.RepairedBank });
        Assert.Equal(refitted.Thresholds.Image, repaired.Thresholds.Image);
    }

    [Theory]
    [InlineData("default")]
    [InlineData("seed")]
    [InlineData("paper")]
    [InlineData("amazon")]
    [InlineData("anomalib")]
    [Trait("Speed", "Slow")]
    public void Every_preset_fits_and_inspects(string preset)
    {
        using AnomalyDetector detector = Fit(FitPresets.Create(preset) with { Folds = 2 }, 4);
        Inspection bad = detector.Inspect(SyntheticParts.WriteBad(_folder.File("bad.png")));
        Assert.Equal(preset, detector.Document.Fit.Preset);
        Assert.True(bad.Score > detector.Thresholds.ImageScores.Concat(detector.Thresholds.FoldImageScores).Max());
    }

    [Fact]
    public void Images_of_different_sizes_and_aspects_can_be_used()
    {
        SyntheticParts.WriteGood(_folder.File("good/wide"), 3, 160, 64);
        SyntheticParts.WriteGood(_folder.File("good/tall"), 3, 64, 160);
        using AnomalyDetector detector = AnomalyDetector.Fit(
            ImageFolder.Open(_folder.File("good")),
            Small with { Resize = ResizeKind.ShorterSide, ResizeSize = 64 });
        Inspection tall = detector.Inspect(_folder.File("good/tall/001.png"));
        Assert.Equal((64, 160), (tall.Map.Width, tall.Map.Height));
        Assert.Equal((64, 160), (tall.InputMap.Width, tall.InputMap.Height));
        Assert.Equal(6 * 8 * 20, detector.Document.Fit.Patches);
    }

    [Fact]
    public void One_image_needs_a_fixed_threshold()
    {
        Assert.Contains(
            "two or more", Assert.Throws<SemiDefectException>(() => Fit(Small, 1)).Message, StringComparison.Ordinal);
        using AnomalyDetector detector = AnomalyDetector.Fit(
            ImageFolder.Open(_folder.File("good")),
            Small with { Threshold = new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = 1.5 } });
        Assert.Equal(1.5, detector.Thresholds.Image.Value);
    }

    [Fact]
    public void A_cancelled_fit_stops()
    {
        using var cancellation = new CancellationTokenSource();
        SyntheticParts.WriteGood(_folder.File("good"), 6);
        var progress = new SynchronousProgress<FitProgress>(_ => cancellation.Cancel());
        Assert.ThrowsAny<OperationCanceledException>(() =>
            AnomalyDetector.Fit(
                ImageFolder.Open(_folder.File("good")), Small with { BatchSize = 2 }, progress, cancellation.Token));
    }

    [Fact]
    public void An_unreadable_good_image_stops_the_fit_and_is_named()
    {
        SyntheticParts.WriteGood(_folder.File("good"), 3);
        File.WriteAllText(_folder.File("good/0005.png"), "no picture");
        Assert.Contains(
            "0005.png",
            Assert.Throws<ImageFormatException>(
                () => AnomalyDetector.Fit(ImageFolder.Open(_folder.File("good")), Small)).Message,
            StringComparison.Ordinal);
    }

    private AnomalyDetector Fit(FitOptions options, int images) =>
        AnomalyDetector.Fit(ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("good"), images)), options);
}
