using CsCheck;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Scoring;

public class FusionTests
{
    private const byte Dark = 5;

    [Theory]
    [InlineData(FusionRule.Mean)]
    [InlineData(FusionRule.Maximum)]
    [InlineData(FusionRule.SoftMaximum)]
    [Trait("Speed", "Slow")]
    public void Two_scales_are_fused_into_one_score_and_one_map(FusionRule rule)
    {
        int[] scales = [64, 96];
        AnomalyDetector[] alone = [.. scales.Select(scale => Fit(FusionRule.Mean, scale))];
        using AnomalyDetector fused = Fit(rule, scales);
        Assert.Equal(2, fused.Document.Branches.Count);
        ScoreScale[] expectedScales = [.. alone.Select(one => ScaleByHand(one.Thresholds.ImageScores))];
        for (int branch = 0; branch < 2; branch++)
        {
            Assert.Equal(expectedScales[branch].Center, fused.Document.Fusion.Scales[branch].Center, 1e-12);
            Assert.Equal(expectedScales[branch].Spread, fused.Document.Fusion.Scales[branch].Spread, 1e-12);
        }

        foreach (Image image in
            (Image[])[Pictures.Texture(96, 96, 50), Pictures.Texture(96, 96, 51).With(40, 50, 9, 7, Dark)])
        {
            Inspection[] parts = [.. alone.Select(one => one.Inspect(image))];
            Inspection actual = fused.Inspect(image);
            double[] scaled = [.. parts.Select((part, i) => OnScale(expectedScales[i], part.Score))];
            double score = rule switch
            {
                FusionRule.Mean => (scaled[0] + scaled[1]) / 2,
                FusionRule.Maximum => scaled.Max(),
                _ => 0.1 * Math.Log((Math.Exp(10 * scaled[0]) + Math.Exp(10 * scaled[1])) / 2),
            };
            Assert.Equal(score, actual.Score, 1e-9);
            Assert.Equal((96, 96), (actual.InputMap.Width, actual.InputMap.Height));
            for (int i = 0; i < 96 * 96; i++)
            {
                // The pixel centers of the small map lie at (x + 0.5) * 96 / 64 - 0.5 of the large map.
                double small =
                    Interpolated(parts[0].InputMap, (i % 96 + 0.5) * 64 / 96 - 0.5, (i / 96 + 0.5) * 64 / 96 - 0.5);
                double first = Math.Max(0, OnScale(expectedScales[0], small));
                double second = Math.Max(0, OnScale(expectedScales[1], parts[1].InputMap.Values[i]));
                double expected = rule == FusionRule.Mean ? (first + second) / 2 : Math.Max(first, second);
                Assert.InRange(Math.Abs(actual.InputMap.Values[i] - expected), 0, 1e-5 * Math.Max(1, expected));
            }

            Assert.Equal(scaled[1] > scaled[0] ? 1 : 0, actual.HighestPatch.Lane);
        }

        Assert.True(fused.Inspect(Pictures.Texture(96, 96, 51).With(40, 50, 9, 7, Dark)).IsAbnormal);
        Array.ForEach(alone, one => one.Dispose());
    }

    [Fact]
    public void A_scale_puts_the_median_at_1_and_a_spread_a_tenth_above()
    {
        Gen.Double[0.1, 100].Array[1, 40].Sample(scores =>
        {
            var scale = ScoreScale.Of(scores);
            ScoreScale expected = ScaleByHand(scores);
            Assert.Equal(expected.Center, scale.Center, 1e-12 * expected.Center);
            Assert.Equal(expected.Spread, scale.Spread, 1e-12 * expected.Spread);
            Assert.Equal(1, scale.Normalize(scale.Center), 1e-12);
            Assert.Equal(1.1, scale.Normalize(scale.Center + scale.Spread), 1e-9);
        });
    }

    [Fact]
    public void A_spread_follows_from_the_tail_and_not_from_the_middle()
    {
        // Both have the same quartiles; the highest eighth of the second reaches ten times as far.
        double[] even = [.. Enumerable.Range(0, 40).Select(i => 1 + i / 40.0)];
        double[] stretched = [.. even.Select((score, i) => i < 35 ? score : score + (i - 34))];
        Assert.True(ScoreScale.Of(stretched).Spread > 2 * ScoreScale.Of(even).Spread);
        Assert.Equal(ScoreScale.Of(even).Center, ScoreScale.Of(stretched).Center);

        // Of a normal distribution, it is nearly the standard deviation.
        var generator = new SemiDefect.Anomaly.Search.Numerics.SeededGenerator(3);
        double[] normal = [.. Enumerable.Range(0, 4000).Select(_ =>
            50 + 3 * (Enumerable.Range(0, 12).Sum(_ => generator.NextDouble()) - 6))];
        Assert.InRange(ScoreScale.Of(normal).Spread, 2.8, 3.4);
    }

    [Fact]
    public void A_scale_keeps_the_order_of_scores()
    {
        Gen<double> score = Gen.Int[0, 2000].Select(value => value / 100.0);
        Gen.Select(score.Array[1, 20], score, score).Sample((scores, first, second) =>
        {
            var scale = ScoreScale.Of(scores);
            Assert.True(scale.Spread > 0);
            Assert.Equal(first > second, scale.Normalize(first) > scale.Normalize(second));
        });
    }

    [Fact]
    public void A_soft_maximum_lies_between_mean_and_maximum_and_rises_with_every_score()
    {
        var scales = new ScoreScale[] { new(0, 1), new(0, 1), new(0, 1) };
        Gen.Double[-500, 500].Array[3].Sample(scores =>
        {
            var soft = new ScoreFusion(FusionRule.SoftMaximum, scales);
            double actual = soft.ImageScore(scores);
            Assert.InRange(
                actual,
                (soft with { Rule = FusionRule.Mean }).ImageScore(scores) - 1e-9,
                (soft with { Rule = FusionRule.Maximum }).ImageScore(scores) + 1e-9);
            Assert.True(soft.ImageScore([.. scores.Select(score => score + 1)]) > actual);
            Assert.True(soft.ImageScore([scores[0] + 1, scores[1], scores[2]]) >= actual);
        });
    }

    [Fact]
    public void The_peak_on_other_scales_is_bounded_from_above()
    {
        Gen<double> value = Gen.Double[0, 10];
        Gen<ScoreScale> scale =
            Gen.Select(value, Gen.Double[0.1, 5], (center, spread) => new ScoreScale(center, spread));
        Gen<ScoreFusion> fusion = Gen.Select(
            Gen.Enum<FusionRule>(), scale.Array[2], (rule, scales) => new ScoreFusion(rule, scales));
        Gen.Select(fusion, scale.Array[2], Gen.Float[0, 10].Array[6].Array[2]).Sample((before, scales, values) =>
        {
            AnomalyMap[] maps = [.. values.Select(one => new AnomalyMap(3, 2, one))];
            ScoreFusion now = before with { Scales = scales };
            double peak = now.Combine(maps).Peak;
            Assert.True(peak <= now.PeakFrom(before, before.Combine(maps).Peak) + 1e-4);
            double byBranches = now.PeakOf([.. maps.Select(map => (double)map.Peak)]);
            Assert.True(peak <= byBranches);
            Assert.True(now.Rule == FusionRule.Mean || peak == byBranches);
            Assert.Equal(5.0, now.PeakFrom(now, 5.0));
        });
    }

    [Fact]
    public void Good_images_that_are_all_alike_leave_scores_and_maps_finite()
    {
        var good = new ImageList([.. Enumerable.Range(0, 4).Select(i => ($"{i}", Pictures.Texture(96, 96, 7)))]);
        using AnomalyDetector detector = AnomalyDetector.Fit(good, CellFits.Options() with
        {
            Resize = ResizeKind.Squash,
            Scales = [64, 96],
            Map = new AnomalyMapOptions(),
        });
        Inspection same = detector.Inspect(Pictures.Texture(96, 96, 7));
        Assert.False(same.IsAbnormal);
        Inspection bad = detector.Inspect(Pictures.Texture(96, 96, 7).With(40, 50, 9, 7, Dark));
        Assert.True(bad.IsAbnormal);
        Assert.True(double.IsFinite(bad.Score));
        Assert.All(bad.Map.Values, value => Assert.True(float.IsFinite(value)));
    }

    private static AnomalyDetector Fit(FusionRule rule, params int[] scales) => AnomalyDetector.Fit(
        Pictures.Good(6, 96, 96),
        CellFits.Options() with
        {
            Resize = ResizeKind.Squash,
            Scales = scales,
            Fusion = rule,
            Map = new AnomalyMapOptions(),
        });

    private static double OnScale(ScoreScale scale, double score) => 1 + 0.1 * (score - scale.Center) / scale.Spread;

    // The score that 1 % of good images reach: an exponential distribution above the highest quarter's lowest score.
    private static ScoreScale ScaleByHand(IReadOnlyList<double> scores)
    {
        double[] descending = [.. scores.OrderDescending()];
        int count = descending.Length;
        double center = (descending[(count - 1) / 2] + descending[count / 2]) / 2;
        int tail = count / 4;
        double high = descending[0];
        if (tail > 0)
        {
            double mean = descending.Take(tail).Average() - descending[tail];
            high = descending[tail] - mean * Math.Log(0.01 * (count + 1) / (tail + 1));
        }

        return new ScoreScale(center, Math.Max((high - center) / 2.3263478740408408, 0.001 * center));
    }

    private static double Interpolated(AnomalyMap map, double x, double y)
    {
        x = Math.Clamp(x, 0, map.Width - 1);
        y = Math.Clamp(y, 0, map.Height - 1);
        int left = (int)x;
        int top = (int)y;
        double At(int column, int row) =>
            map.Values[Math.Min(row, map.Height - 1) * map.Width + Math.Min(column, map.Width - 1)];
        double above = At(left, top) * (1 - (x - left)) + At(left + 1, top) * (x - left);
        double below = At(left, top + 1) * (1 - (x - left)) + At(left + 1, top + 1) * (x - left);
        return above * (1 - (y - top)) + below * (y - top);
    }
}
