using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Detection;

public sealed class WhiteningTests : IDisposable
{
    private const int Side = 64;

    private readonly TemporaryFolder _folder = new();

    private static FitOptions Options => CellFits.Options() with { Whitening = true };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_score_is_the_geometric_mean_of_the_distance_and_the_whitened_distance()
    {
        const int Columns = 5;
        var generator = new SeededGenerator(1);
        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)generator.NextGaussian())];
        float[] matrix = Values(Columns * Columns);
        float[] rows = Values(40 * Columns);
        float[] queries = Values(30 * Columns);
        using var whitening = new PatchWhitening(WhiteningRecord.Of(Columns, 0.1, matrix));
        using var bank = new MemoryBank(FeatureMatrix.CopyOf(rows, 40, Columns), new int[40], new int[40]);
        using var model = new MemoryBankModel(bank, new ScoringOptions(), default, 1, whitening: whitening);
        PatchScores scores = model.Score(Grids.Of(queries, Columns), BankFilter.All, CancellationToken.None);
        PatchScores[] ways = model.Score(
            Grids.Of(queries, Columns),
            BankFilter.All,
            [DeviationScore.Distance, DeviationScore.Whitened],
            CancellationToken.None);
        for (int query = 0; query < 30; query++)
        {
            double[] Difference(int row) =>
            [
                .. Enumerable.Range(0, Columns)
                    .Select(i => (double)queries[query * Columns + i] - rows[row * Columns + i]),
            ];
            double Distance(int row) => Math.Sqrt(Difference(row).Sum(value => value * value));
            double Whitened(int row) => Math.Sqrt(Enumerable.Range(0, Columns).Sum(i =>
            {
                double sum = Difference(row).Select((value, j) => value * matrix[i * Columns + j]).Sum();
                return sum * sum;
            }));
            int[] nearest = [.. Enumerable.Range(0, 40).OrderBy(Distance).Take(PatchWhitening.Neighbors)];
            Assert.Equal(Math.Sqrt(Distance(nearest[0]) * nearest.Min(Whitened)), scores.Values[query], 1e-5);
            Assert.Equal(Distance(nearest[0]), ways[0].Values[query], 1e-5);
            Assert.Equal(nearest.Min(Whitened), ways[1].Values[query], 1e-5);
            Assert.Equal(nearest[0], scores.NearestRows[query]);
        }
    }

    [Fact]
    public void A_small_deviation_in_a_steady_direction_counts_more()
    {
        // Brightness varies from image to image; the three channels never differ.
        using AnomalyDetector plain = AnomalyDetector.Fit(Good(), Options with { Whitening = false });
        using AnomalyDetector whitened = AnomalyDetector.Fit(Good(), Options);
        Assert.Null(plain.Description.Lanes[0].Shrinkage);
        Assert.NotNull(whitened.Description.Lanes[0].Shrinkage);
        Image good = Part(100);
        byte[] rgb = good.Rgb.ToArray();
        for (int y = 24; y < 32; y++)
        {
            for (int x = 24; x < 32; x++)
            {
                rgb[3 * (y * Side + x)] += 6;
            }
        }

        var tinted = new Image(Side, Side, rgb);
        double Contrast(AnomalyDetector detector) => detector.Inspect(tinted).Score / detector.Inspect(good).Score;
        Assert.True(Contrast(whitened) > 2 * Contrast(plain), $"{Contrast(whitened)} {Contrast(plain)}");
        Assert.True(whitened.Inspect(tinted).IsAbnormal);
        Assert.NotEqual(plain.Fingerprint.Options, whitened.Fingerprint.Options);
        Assert.Equal(plain.Fingerprint.Bank, whitened.Fingerprint.Bank);
    }

    [Fact]
    public void A_detector_file_keeps_the_whitening()
    {
        using var encoder = new CellEncoder();
        using AnomalyDetector fitted = AnomalyDetector.Fit(Good(), Options with { GoldenImages = 2 });
        string path = _folder.File("whitened.sdad");
        fitted.Save(path);
        using AnomalyDetector loaded = AnomalyDetector.Load(path, new LoadOptions { Encoder = encoder });
        Assert.Equal(fitted.Inspect(Part(200)).Score, loaded.Inspect(Part(200)).Score);
        Assert.Equal(fitted.Fingerprint.Sha256, loaded.Fingerprint.Sha256);
        Assert.True(loaded.Verify().IsIdentical);
    }

    [Theory]
    [InlineData(24, 0.89, 1, 1)]
    [InlineData(24, 0.91, 1, 0)]
    [InlineData(23, 0.5, 1, 0)]
    [InlineData(24, 0.8, 0.7, 2)]
    [InlineData(24, 0.7, 0.7, 1)]
    public void The_score_that_spreads_clearly_less_is_chosen(int images, double second, double third, int expected)
    {
        // The scales of the three scores differ, but only the spread relative to the median counts.
        double[][] scores =
        [
            .. Enumerable.Range(0, images).Select(i => (double)(i * 7 % images) / images - 0.5)
                .Select(value => (double[])[1 + 0.2 * value, 50 + 10 * second * value, 3 + 0.6 * third * value]),
        ];
        Assert.Equal(expected, DeviationScores.Choose(scores));
    }

    [Fact]
    public void Scores_of_a_median_of_zero_are_not_chosen() =>
        Assert.Equal(0, DeviationScores.Choose([.. Enumerable.Range(0, 30).Select(i => (double[])[1 + i, 0, 0])]));

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Good_images_decide_whether_the_whitened_distance_is_the_score(int tint, bool isWhitened)
    {
        // Under steady light, both distances see the noise of the images. A tint of some of them is in a direction that
        // is steady otherwise, so it counts for more after whitening.
        const int Drift = 2;
        using var encoder = new CellEncoder();
        ImageList good = new(
            [.. Enumerable.Range(0, 30).Select(i => ($"{i}", Part((ulong)i, Drift, i % 6 == 0 ? tint : 0)))]);
        using AnomalyDetector fitted = AnomalyDetector.Fit(good, Options with { GoldenImages = 2 });
        LaneDescription lane = fitted.Description.Lanes[0];
        Assert.Equal((isWhitened, isWhitened), (lane.Shrinkage is not null, lane.IsWhitenedAlone));

        // Out-of-fold scores were computed in the chosen way: an update leaves them as they are.
        string path = _folder.File("chosen.sdad");
        fitted.Save(path);
        using AnomalyDetector loaded = AnomalyDetector.Load(path, new LoadOptions { Encoder = encoder });
        Image test = Part(400, Drift);
        Assert.Equal(fitted.Inspect(test).Score, loaded.Inspect(test).Score);
        Assert.True(loaded.Verify().IsIdentical);
        Assert.Equal(fitted.Fingerprint.Sha256, loaded.Fingerprint.Sha256);
        using AnomalyDetector updated = loaded.Update(Good(first: 300, count: 3));
        Assert.Equal(fitted.Thresholds.ImageScores, updated.Thresholds.ImageScores.Take(30));
        Assert.Equal(lane.IsWhitenedAlone, updated.Description.Lanes[0].IsWhitenedAlone);
        if (isWhitened)
        {
            using DetectorBundle bundle = DetectorFileReader.Read(path);
            Assert.Equal(DeviationScore.Whitened, bundle.Document.Lanes[0].Whitening!.Score);
            Assert.Contains("whitening", File.ReadAllText(path), StringComparison.Ordinal);
        }
        else
        {
            using AnomalyDetector plain = AnomalyDetector.Fit(good, Options with { Whitening = false });
            Assert.Equal(plain.Thresholds.ImageScores, fitted.Thresholds.ImageScores);
            Assert.Equal(plain.Inspect(test).Score, fitted.Inspect(test).Score);
            Assert.Equal(plain.Fingerprint.Options, fitted.Fingerprint.Options);
        }
    }

    [Fact]
    public void A_damaged_whitening_is_refused()
    {
        using AnomalyDetector fitted = AnomalyDetector.Fit(Good(), Options);
        string path = _folder.File("sound.sdad");
        fitted.Save(path);
        using DetectorBundle sound = DetectorFileReader.Read(path);
        LaneRecord lane = sound.Document.Lanes[0];
        WhiteningRecord record = lane.Whitening!;
        float[] matrix = [.. record.Matrix];
        matrix[0] = float.NaN;
        float[] large = [.. record.Matrix];
        large[^1] = 1e30f;
        WhiteningRecord[] damaged =
        [
            WhiteningRecord.Of(record.Dimension, record.Shrinkage, matrix),
            WhiteningRecord.Of(record.Dimension, record.Shrinkage, large),
            record with { Sha256 = new string('0', 64) },
            record with { Dimension = 3 },
            record with { Shrinkage = 0 },
            record with { Lane = 1 },
            record with { Score = DeviationScore.Distance },
            record with { Score = (DeviationScore)9 },
        ];
        for (int i = 0; i < damaged.Length; i++)
        {
            string bad = _folder.File($"damaged-{i}.sdad");
            DetectorFileWriter.Write(bad, sound with
            {
                Document = sound.Document with { Lanes = [lane with { Whitening = damaged[i] }], Sections = [] },
            });
            Assert.DoesNotContain(
                '\n', Assert.ThrowsAny<SemiDefectException>(() => DetectorFileReader.Read(bad)).Message);
        }
    }

    [Fact]
    public void Updates_keep_the_whitening_and_merges_need_the_same()
    {
        using var encoder = new CellEncoder();
        using AnomalyDetector fitted = AnomalyDetector.Fit(Good(), Options);
        using AnomalyDetector updated = fitted.Update(Good(first: 300, count: 3));
        Assert.Equal(
            fitted.Document.Lanes[0].Whitening!.Sha256, updated.Document.Lanes[0].Whitening!.Sha256);
        Assert.Equal(fitted.Thresholds.ImageScores, updated.Thresholds.ImageScores.Take(20));
        using AnomalyDetector other = AnomalyDetector.Fit(Good(first: 50), Options);
        Assert.Contains(
            "whitening",
            Assert.Throws<SemiDefectException>(() => AnomalyDetector.Merge(fitted, other)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Known_images_are_left_as_they_are_where_too_few_rows_of_others_remain()
    {
        FitOptions options = Options with { Coreset = new(count: 4) };
        using AnomalyDetector fitted = AnomalyDetector.Fit(Good(), options);
        Assert.NotNull(fitted.Description.Lanes[0].Shrinkage);
        using AnomalyDetector updated = fitted.Update(Good(first: 0, count: 21), Good());
        Assert.Equal(21, updated.Thresholds.ImageScores.Count);
        Assert.All(updated.Thresholds.ImageScores.Take(20).Zip(fitted.Thresholds.ImageScores), scores =>
            Assert.True(scores.First <= scores.Second));
    }

    [Fact]
    public void Patches_of_many_values_are_not_whitened()
    {
        foreach (int columns in (int[])[8, 1025])
        {
            var generator = new SeededGenerator(1);
            PatchGrid Grid() => Grids.Of(
                Enumerable.Range(0, 50 * columns).Select(_ => (float)generator.NextGaussian()).ToArray(), columns);
            using TrainingFeatures features = TrainingFeatures.Collect(
                Grids.Encoded([Grid(), Grid(), Grid(), Grid()]), 4, (_, _) => 1000, _ => { });
            using PatchWhitening? whitening = PatchWhitening.Fit(features, 0, CancellationToken.None);
            Assert.Equal(columns == 8, whitening is not null);
        }
    }

    [Fact]
    public void Too_few_images_are_not_whitened()
    {
        using AnomalyDetector fitted = AnomalyDetector.Fit(
            new ImageList([("a", Pictures.Noise(8, 8, 1)), ("b", Pictures.Noise(8, 8, 2))]), Options);
        Assert.Null(fitted.Description.Lanes[0].Shrinkage);
    }

    private static ImageList Good(int first = 0, int count = 20) =>
        new([.. Enumerable.Range(first, count).Select(i => ($"{i}", Part((ulong)i)))]);

    // A gray part under a light that drifts, with noise that all channels share.
    private static Image Part(ulong seed, int drift = 60, int tint = 0)
    {
        var generator = new SeededGenerator(seed);
        int light = 80 + generator.NextInt32(drift);
        Image gray = Pictures.Of(Side, Side, (x, y) => light + 30 * (x / 8 % 2) + generator.NextInt32(8));
        byte[] rgb = gray.Rgb.ToArray();
        for (int pixel = 0; pixel < Side * Side; pixel++)
        {
            rgb[3 * pixel] += (byte)tint;
        }

        return new Image(Side, Side, rgb);
    }
}
