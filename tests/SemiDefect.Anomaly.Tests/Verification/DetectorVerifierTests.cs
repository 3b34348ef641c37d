using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Verification;

namespace SemiDefect.Anomaly.Tests.Verification;

public sealed class DetectorVerifierTests : IDisposable
{
    private static readonly FitOptions Small =
        FitPresets.Create(FitPresets.Fast) with { ResizeSize = 64, Coreset = new(count: 40), Folds = 3 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Speed", "Slow")]
    public void On_the_machine_of_the_fit_every_bit_is_identical()
    {
        foreach (string preset in FitPresets.Names)
        {
            using AnomalyDetector detector = Fit(FitPresets.Create(preset) with { Folds = 2 });
            detector.Save(_folder.File("a.sdad"));
            using AnomalyDetector loaded =
                AnomalyDetector.Load(_folder.File("a.sdad"), new LoadOptions { Threads = 1, BatchSize = 1 });
            DetectorVerification verification = loaded.Verify();
            Assert.True(verification.IsIdentical, preset);
            Assert.False(verification.CouldFlip);
            Assert.Equal((2, 0, 0.0), (verification.Images, verification.WithinBound, verification.ScoreBound));
        }
    }

    [Fact]
    public void Images_with_the_highest_out_of_fold_scores_are_stored_as_network_inputs()
    {
        using AnomalyDetector detector = Fit(Small with { GoldenImages = 3 });
        IReadOnlyList<double> scores = detector.Thresholds.ImageScores;
        int[] ranked = [.. Enumerable.Range(0, scores.Count).OrderByDescending(image => scores[image])];
        Assert.Equal([ranked[0], ranked[1], ranked[3]], detector.Document.Golden.Select(golden => golden.Image));
        foreach (GoldenRecord golden in detector.Document.Golden)
        {
            Assert.Equal(detector.Inspect(_folder.File($"good/{golden.Image:D3}.png")).Score, golden.Score);
            Assert.Contains(63, Assert.Single(golden.Lanes).Patches);
        }
    }

    [Fact]
    public void A_deviation_is_detected_measured_and_bounded()
    {
        using AnomalyDetector detector = Fit(Small);
        detector.Save(_folder.File("a.sdad"));
        using DetectorBundle bundle = DetectorFileReader.Read(_folder.File("a.sdad"));
        double margin = detector.Verify().NearestMargin!.Value;

        DetectorVerification small = Replay(margin / 100);
        Assert.False(small.IsIdentical);
        Assert.Equal(margin / 100, small.FeatureDeviation, margin / 1e4);
        Assert.Equal(4 * small.FeatureDeviation, small.ScoreBound, 1e-12);
        Assert.Equal((0, false), (small.WithinBound, small.CouldFlip));

        DetectorVerification large = Replay(margin);
        Assert.True(large.CouldFlip);
        Assert.Empty(large.Flipped);
        Assert.True(large.WithinBound > 0);

        DetectorVerification flipped = DetectorVerifier.Verify(
            bundle.Document,
            bundle.Golden,
            (canvases, width, height) =>
                detector.Pipeline.Replay(canvases, width, height) with
                {
                    Score = bundle.Document.Thresholds.Image.Value + 1,
                });
        Assert.Equal(2, flipped.Flipped.Count);
        Assert.True(flipped.CouldFlip);
        Assert.True(
            DetectorVerifier.Verify(
                bundle.Document,
                bundle.Golden,
                (canvases, width, height) =>
                    detector.Pipeline.Replay(canvases, width, height) with { Peak = double.NaN }).CouldFlip);

        // Moves one value of the first patch, which is always stored.
        DetectorVerification Replay(double move) => DetectorVerifier.Verify(
            bundle.Document,
            bundle.Golden,
            (canvases, width, height) =>
            {
                Replay replay = detector.Pipeline.Replay(canvases, width, height);
                float[] rows = replay.FirstViews[0].Vectors.ToArray();
                rows[5] += (float)move;
                return replay with { FirstViews = [replay.FirstViews[0] with { Vectors = rows }] };
            });
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    public void No_score_moves_by_more_than_the_features_allow(bool isSquared, int neighbors)
    {
        DistanceMetric metric = isSquared ? DistanceMetric.SquaredEuclidean : DistanceMetric.Euclidean;
        var generator = new SeededGenerator(7);
        float[] Values(int count, double scale) =>
            [.. Enumerable.Range(0, count).Select(_ => (float)(scale * (generator.NextDouble() - 0.5)))];
        using var bank = new MemoryBank(FeatureMatrix.CopyOf(Values(60 * 8, 2), 60, 8), new int[60], new int[60]);
        using var model = new MemoryBankModel(
            bank, new ScoringOptions { Metric = metric, Neighbors = neighbors }, default, 1, null);
        double Score(float[] queries) =>
            model.Score(Grids.Of(queries, 8), BankFilter.All, CancellationToken.None).ImageScore;
        double closest = 0;
        for (int trial = 0; trial < 500; trial++)
        {
            float[] query = Values(5 * 8, 2);
            float[] moved = [.. query.Zip(Values(5 * 8, 0.1), (a, b) => a + b)];
            double move = Enumerable.Range(0, 5).Max(
                patch => Math.Sqrt(Enumerable.Range(8 * patch, 8).Sum(i => Math.Pow((double)moved[i] - query[i], 2))));
            double before = Score(query);
            double bound = metric == DistanceMetric.Euclidean ? move : (2 * Math.Sqrt(before) + move) * move;
            double change = Math.Abs(Score(moved) - before);
            Assert.InRange(change, 0, bound * (1 + 1e-6));
            closest = Math.Max(closest, change / bound);
        }

        Assert.True(closest > 0.3, "the bound is far from what happens");
    }

    [Fact]
    public void A_detector_without_golden_images_says_so_and_holds_no_picture()
    {
        using AnomalyDetector detector = Fit(Small with { GoldenImages = 0 });
        detector.Save(_folder.File("a.sdad"));
        using AnomalyDetector loaded = AnomalyDetector.Load(_folder.File("a.sdad"));
        Assert.Contains(
            "no golden inputs", Assert.Throws<SemiDefectException>(loaded.Verify).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(
            loaded.Document.Sections, section => section.Name.StartsWith("golden", StringComparison.Ordinal));
    }

    [Fact]
    public void A_change_of_thresholds_keeps_the_golden_images()
    {
        using AnomalyDetector detector = Fit(Small);
        detector.Save(_folder.File("a.sdad"));
        AnomalyDetector.ChangeThresholds(_folder.File("a.sdad"), new ThresholdOptions { FalseAlarmRate = 0.2 });
        using AnomalyDetector changed = AnomalyDetector.Load(_folder.File("a.sdad"));
        Assert.True(changed.Verify().IsIdentical);
    }

    [Fact]
    public void Golden_sections_that_do_not_fit_are_refused()
    {
        using AnomalyDetector detector = Fit(Small);
        detector.Save(_folder.File("a.sdad"));
        GoldenRecord right = detector.Document.Golden[0];
        GoldenLane lane = right.Lanes[0];
        foreach (GoldenRecord wrong in (GoldenRecord[])
            [
                right with { Image = 99 },
                right with { Lanes = [] },
                right with { Lanes = [null!] },
                right with { OriginalWidth = -1 },
                right with { Lanes = [lane with { Width = lane.Width + 1 }] },
                right with { Lanes = [lane with { Height = int.MaxValue }] },
                right with { Lanes = [lane with { Patches = [] }] },
                right with { Lanes = [lane with { Patches = [-1, .. lane.Patches.Skip(1)] }] },
            ])
        {
            DetectorFileEditor.Change(
                _folder.File("a.sdad"),
                _folder.File("b.sdad"),
                document => document with { Golden = [wrong, document.Golden[1]] });
            Assert.Throws<DetectorFileException>(() => AnomalyDetector.ReadDocument(_folder.File("b.sdad")));
        }

        FitRecord fit = detector.Document.Fit;
        foreach (FitRecord wrong in (FitRecord[])
            [
                fit with { Steps = [null!] },
                fit with { Steps = [new FitStep("forget", 1, 1)] },
                fit with { Steps = [new FitStep("fit", -1, 1)] },
                fit with { ImageHashes = [.. fit.ImageHashes.Skip(1)] },
                fit with { ImageHashes = [null!, .. fit.ImageHashes.Skip(1)] },
                fit with { ImageHashes = [new string('x', 64), .. fit.ImageHashes.Skip(1)] },
            ])
        {
            DetectorFileEditor.Change(
                _folder.File("a.sdad"), _folder.File("b.sdad"), document => document with { Fit = wrong });
            Assert.Throws<DetectorFileException>(() => AnomalyDetector.ReadDocument(_folder.File("b.sdad")));
        }

        // A file of an older version without golden inputs.
        DetectorFileEditor.Change(
            _folder.File("a.sdad"),
            _folder.File("b.sdad"),
            document => document with { Fit = fit with { Steps = [], ImageHashes = [] } });
        using AnomalyDetector old = AnomalyDetector.Load(_folder.File("b.sdad"));
        using AnomalyDetector updated =
            old.Update(ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("more"), 2, first: 100)));
        Assert.Equal(["fit +6", "update +2"], updated.Document.Fit.Steps.Select(step => $"{step.Kind} +{step.Images}"));
        Assert.Empty(updated.Document.Fit.ImageHashes);
    }

    private AnomalyDetector Fit(FitOptions options) =>
        AnomalyDetector.Fit(ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("good"), 6)), options);
}
