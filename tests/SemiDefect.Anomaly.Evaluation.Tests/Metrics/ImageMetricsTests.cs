using CsCheck;
using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Evaluation.Tests.Metrics;

public class ImageMetricsTests
{
    private static readonly Gen<(double[] Scores, bool[] Labels)> Cases =
        Gen.Select(Gen.Int[0, 15].Select(value => value / 4.0), Gen.Bool).Array[1, 40]
            .Select(pairs => (pairs.Select(p => p.Item1).ToArray(), pairs.Select(p => p.Item2).ToArray()));

    [Fact]
    public void Metrics_equal_scikit_learn()
    {
        foreach (GoldenMetrics.ImageCase golden in GoldenMetrics.Load().Images)
        {
            ImageMetrics metrics = ImageMetrics.Compute(golden.Scores, golden.Labels);
            AssertEqual(golden.Auroc, metrics.Auroc, golden.Name);
            AssertEqual(golden.AveragePrecision, metrics.AveragePrecision, golden.Name);
            AssertEqual(golden.F1Max, metrics.F1Max, golden.Name);
        }
    }

    [Fact]
    public void Verdicts_at_a_threshold_equal_scikit_learn()
    {
        foreach (GoldenMetrics.ImageCase golden in GoldenMetrics.Load().Images)
        {
            Confusion confusion = Confusion.At(golden.Threshold, golden.Scores, golden.Labels);
            Assert.Equal(
                golden.Confusion,
                new[]
                {
                    confusion.TruePositives,
                    confusion.FalsePositives,
                    confusion.TrueNegatives,
                    confusion.FalseNegatives,
                });
            AssertEqual(golden.Precision, confusion.Precision, golden.Name);
            AssertEqual(golden.Recall, confusion.Recall, golden.Name);
            AssertEqual(golden.F1, confusion.F1, golden.Name);
            AssertEqual(golden.BalancedAccuracy, confusion.BalancedAccuracy, golden.Name);
        }
    }

    [Fact]
    public void The_precision_recall_curve_equals_scikit_learn()
    {
        foreach (GoldenMetrics.ImageCase golden
            in GoldenMetrics.Load().Images.Where(golden => golden.PrRecall is not null))
        {
            IReadOnlyList<CurvePoint> curve = ImageMetrics.PrecisionRecall(golden.Scores, golden.Labels);
            Assert.Equal(golden.PrRecall!.Length, curve.Count);
            Assert.All(curve.Zip(golden.PrRecall, golden.PrPrecision!), point =>
            {
                Assert.Equal(point.Second, point.First.X, 1e-12);
                Assert.Equal(point.Third, point.First.Y, 1e-12);
            });
        }
    }

    [Fact]
    public void The_ROC_curve_passes_every_point_of_scikit_learns_and_has_its_area()
    {
        foreach (GoldenMetrics.ImageCase golden
            in GoldenMetrics.Load().Images.Where(golden => golden.RocFpr is not null))
        {
            IReadOnlyList<CurvePoint> curve = ImageMetrics.Roc(golden.Scores, golden.Labels);
            Assert.Equal((0.0, 0.0), (curve[0].X, curve[0].Y));
            Assert.Equal((1.0, 1.0), (curve[^1].X, curve[^1].Y));
            double area = curve.Zip(curve.Skip(1))
                .Sum(pair => (pair.Second.X - pair.First.X) * (pair.First.Y + pair.Second.Y) / 2);
            AssertEqual(golden.Auroc, area, golden.Name);
            Assert.All(
                golden.RocFpr!.Zip(golden.RocTpr!),
                point => Assert.True(LiesOn(curve, point.First, point.Second), golden.Name));
            Assert.True(curve.Count <= golden.RocFpr!.Length);
        }
    }

    [Fact]
    public void AUROC_is_the_share_of_pairs_in_the_right_order() =>
        Cases.Sample(sample =>
        {
            double[] positives = [.. sample.Scores.Where((_, i) => sample.Labels[i])];
            double[] negatives = [.. sample.Scores.Where((_, i) => !sample.Labels[i])];
            double? expected = positives.Length == 0 || negatives.Length == 0
                ? null
                : positives.Average(p => negatives.Average(n => p > n ? 1 : p == n ? 0.5 : 0));
            AssertEqual(expected, ImageMetrics.Compute(sample.Scores, sample.Labels).Auroc, "pairs");
        });

    [Fact]
    public void No_threshold_beats_F1_max_and_its_own_threshold_reaches_it() =>
        Cases.Sample(sample =>
        {
            ImageMetrics metrics = ImageMetrics.Compute(sample.Scores, sample.Labels);
            if (metrics.F1Max is null)
            {
                Assert.DoesNotContain(true, sample.Labels);
                return;
            }

            double best = sample.Scores.Append(-1)
                .Max(threshold => Confusion.At(threshold, sample.Scores, sample.Labels).F1 ?? 0);
            Assert.Equal(best, metrics.F1Max.Value, 1e-12);
            Assert.Equal(metrics.F1Max, Confusion.At(metrics.F1MaxThreshold!.Value, sample.Scores, sample.Labels).F1);
        });

    [Fact]
    public void What_is_undefined_is_null()
    {
        ImageMetrics allGood = ImageMetrics.Compute([1, 2], [false, false]);
        Assert.Equal(new ImageMetrics(null, null, null, null), allGood);
        ImageMetrics allBad = ImageMetrics.Compute([1, 2], [true, true]);
        Assert.Null(allBad.Auroc);
        Assert.Equal(1, allBad.AveragePrecision);
        Assert.Equal(1, allBad.F1Max);
        Confusion quiet = Confusion.At(5, [1, 2], [false, false]);
        Assert.Null(quiet.Precision);
        Assert.Null(quiet.Recall);
        Assert.Null(quiet.F1);
        Assert.Null(quiet.BalancedAccuracy);
        Assert.Equal(1, quiet.Specificity);
        Assert.Null(ImageMetrics.Compute([], []).Auroc);
        Assert.Empty(ImageMetrics.Roc([1, 2], [true, true]));
        Assert.Empty(ImageMetrics.PrecisionRecall([1, 2], [false, false]));
    }

    [Fact]
    public void Scores_that_are_not_numbers_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ImageMetrics.Compute([1, double.NaN], [true, false]));
        Assert.Throws<ArgumentException>(() => ImageMetrics.Compute([1], [true, false]));
        Assert.Throws<ArgumentException>(() => Confusion.At(double.NaN, [1], [true]));
        Assert.Throws<ArgumentException>(() => Confusion.At(0, [double.NaN], [true]));
    }

    private static bool LiesOn(IReadOnlyList<CurvePoint> curve, double x, double y) =>
        curve.Zip(curve.Skip(1)).Any(pair =>
        {
            double cross = (pair.Second.X - pair.First.X) * (y - pair.First.Y)
                - (pair.Second.Y - pair.First.Y) * (x - pair.First.X);
            return Math.Abs(cross) < 1e-12
                && x >= pair.First.X - 1e-12
                && x <= pair.Second.X + 1e-12
                && y >= pair.First.Y - 1e-12
                && y <= pair.Second.Y + 1e-12;
        });

    private static void AssertEqual(double? expected, double? actual, string name)
    {
        Assert.True(expected is null == actual is null, $"{name}: {actual} instead of {expected}");
        Assert.True(
            expected is null || Math.Abs(expected.Value - actual!.Value) <= 1e-9,
            $"{name}: {actual:R} instead of {expected:R}");
    }
}
