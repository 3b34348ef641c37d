using CsCheck;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Tests.Calibration;

public class ThresholdRuleTests
{
    // Name, sampler, probability of exceeding a value.
    private static readonly (string Name, Func<SeededGenerator, double> Draw, Func<double, double> Above)[]
        Distributions =
        [
            ("uniform", g => g.NextDouble(1, 2), x => Math.Clamp(2 - x, 0, 1)),
            ("exponential", g => -Math.Log(1 - g.NextDouble()), x => Math.Exp(-x)),
            ("Gumbel", g => 5 - Math.Log(-Math.Log(1 - g.NextDouble())), x => 1 - Math.Exp(-Math.Exp(5 - x))),
            ("Weibull", g => Math.Pow(-Math.Log(1 - g.NextDouble()), 1 / 3.0), x => Math.Exp(-x * x * x)),
            (
                "log-logistic",
                g => { double u = g.NextDouble(); return Math.Pow((u + 1e-300) / (1 - u), 1 / 6.0); },
                x => 1 / (1 + Math.Pow(x, 6))),
        ];

    [Fact]
    public void With_enough_images_the_rank_rule_is_used_without_a_note()
    {
        double[] scores = [.. Enumerable.Range(1, 199).Select(i => (double)i)];
        Assert.Equal(
            new ThresholdEstimate(198, "conformal", null), ThresholdRule.Compute(scores, new ThresholdOptions()));
    }

    [Fact]
    public void With_too_few_images_a_tail_is_fitted_and_the_note_says_so()
    {
        double[] scores = Sample(Distributions[3].Draw, 60, 1);
        ThresholdEstimate estimate = ThresholdRule.Compute(scores, new ThresholdOptions());
        Assert.Equal("generalized-pareto", estimate.Method);
        Assert.Contains("60 good images are too few", estimate.Note);
        Assert.Contains("99 are needed", estimate.Note);
        Assert.True(estimate.Value >= scores.Max());
    }

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData(20, 1.8)]
    [InlineData(40, 1.6)]
    [InlineData(80, 1.25)]
    public void The_fitted_tail_stays_near_the_rate_on_average_for_tails_of_many_kinds(int count, double largestExcess)
    {
        foreach ((string name, Func<SeededGenerator, double> draw, Func<double, double> above) in Distributions)
        {
            double sum = 0;
            for (int trial = 0; trial < 150; trial++)
            {
                sum += above(ThresholdRule.Compute(Sample(draw, count, (ulong)trial), new ThresholdOptions()).Value);
            }

            // The rate of a model is not exact; the highest score alone is exceeded with probability 0.048, 0.024 and
            // 0.012.
            Assert.True(sum / 150 <= 0.01 * largestExcess, $"{name}: {sum / 150:F4} with {count} images");
        }
    }

    [Fact]
    public void A_few_scores_do_not_send_the_threshold_far_beyond_the_true_quantile()
    {
        // The distance from the median in units of the true 1 % quantile's: without a prior on the shape, one in ten
        // exceeds 3.
        (string _, Func<SeededGenerator, double> draw, Func<double, double> _) = Distributions[2];
        double median = 5 - Math.Log(Math.Log(2));
        double quantile = 5 - Math.Log(-Math.Log(0.99));
        double[] ratios =
        [
            .. Enumerable.Range(0, 100)
                .Select(trial =>
                    (ThresholdRule.Compute(Sample(draw, 30, (ulong)trial), new ThresholdOptions()).Value - median)
                        / (quantile - median))
                .Order()
        ];
        Assert.True(ratios[89] < 2.2, $"{ratios[89]}");
        Assert.True(ratios[50] is > 0.9 and < 1.5, $"{ratios[50]}");
    }

    [Fact]
    public void The_highest_score_alone_would_break_the_rate_that_the_tail_keeps()
    {
        double[] rates =
        [
            .. Enumerable.Range(0, 150)
                .Select(trial => Distributions[3].Above(Sample(Distributions[3].Draw, 40, (ulong)trial).Max()))
        ];
        Assert.True(rates.Average() > 0.02, $"{rates.Average()}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(12)]
    public void A_few_images_give_a_finite_threshold_somewhat_above_their_scores(int count)
    {
        double[] scores = [.. Enumerable.Range(0, count).Select(i => 10 + 0.3 * i)];
        ThresholdEstimate estimate = ThresholdRule.Compute(scores, new ThresholdOptions());
        Assert.Equal("exponential-tail", estimate.Method);
        Assert.InRange(estimate.Value, scores.Max() * 1.02, scores.Max() * 1.7);
    }

    [Fact]
    public void One_image_of_score_1_gives_1_66_at_one_percent() =>
        Assert.Equal(
            1 + 0.4 * (Math.Pow(50, 0.25) - 1), ThresholdRule.Compute([1], new ThresholdOptions()).Value, 1e-12);

    [Fact]
    public void Any_scores_give_a_finite_threshold_no_lower_than_the_highest() =>
        Gen.Select(
            Gen.OneOf(Gen.Double[0, 1], Gen.Double[0, 1e6], Gen.Int[0, 3].Select(i => (double)i)).Array[1, 98],
            Gen.Int[1, 10]).Sample((scores, perMille) =>
            {
                ThresholdEstimate estimate =
                    ThresholdRule.Compute(scores, new ThresholdOptions { FalseAlarmRate = perMille / 1000.0 });
                Assert.True(double.IsFinite(estimate.Value));
                Assert.True(estimate.Value >= scores.Max() || estimate.Method == "conformal");
            });

    [Fact]
    public void Equal_scores_do_not_collapse_the_rule()
    {
        Assert.Equal(
            "exponential-tail",
            ThresholdRule.Compute(Enumerable.Repeat(2.0, 50).ToArray(), new ThresholdOptions()).Method);
        Assert.Equal(0, ThresholdRule.Compute(new double[50], new ThresholdOptions()).Value);
    }

    [Fact]
    public void A_tail_of_two_clumps_is_refused_as_generalized_Pareto()
    {
        double[] scores =
        [
            .. Enumerable.Range(0, 40).Select(i => 1 + i * 1e-3),
            .. Enumerable.Range(0, 40).Select(i => (i < 20 ? 2 : 9) + i * 1e-4)
        ];
        ThresholdEstimate estimate = ThresholdRule.Compute(scores, new ThresholdOptions());
        Assert.Equal("exponential-tail", estimate.Method);
        Assert.True(estimate.Value > 9);
    }

    [Fact]
    public void Multiplying_the_scores_multiplies_the_threshold()
    {
        double[] scores = Sample(Distributions[2].Draw, 50, 3);
        double value = ThresholdRule.Compute(scores, new ThresholdOptions()).Value;
        double scaled = ThresholdRule.Compute(scores.Select(s => s * 1024).ToArray(), new ThresholdOptions()).Value;
        Assert.Equal(1024 * value, scaled, 1e-9 * scaled);
    }

    [Fact]
    public void The_order_of_the_scores_does_not_matter()
    {
        double[] scores = Sample(Distributions[2].Draw, 50, 4);
        double[] reversed = [.. scores.Reverse()];
        Assert.Equal(
            ThresholdRule.Compute(scores, new ThresholdOptions()),
            ThresholdRule.Compute(reversed, new ThresholdOptions()));
    }

    [Fact]
    public void The_quantile_is_the_linearly_interpolated_one()
    {
        var options = new ThresholdOptions { Method = ThresholdMethod.Quantile, FalseAlarmRate = 0.1 };
        Assert.Equal(3.7, ThresholdRule.Compute([4, 1, 3, 2], options).Value, 1e-12);
        Assert.NotNull(ThresholdRule.Compute([4, 1, 3, 2], options).Note);
        Assert.Null(ThresholdRule.Compute(new double[9], options).Note);
    }

    [Fact]
    public void A_fixed_value_needs_no_scores() =>
        Assert.Equal(
            4.5,
            ThresholdRule.Compute([], new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = 4.5 }).Value);

    [Fact]
    public void Invalid_requests_are_refused_in_one_line()
    {
        Assert.Throws<SemiDefectException>(() => ThresholdRule.Compute([], new ThresholdOptions()));
        Assert.Throws<SemiDefectException>(
            () => ThresholdRule.Compute([1], new ThresholdOptions { Method = ThresholdMethod.Fixed }));
        Assert.Throws<SemiDefectException>(() => ThresholdRule.Compute([1], new ThresholdOptions { FixedValue = 3 }));
        Assert.Throws<SemiDefectException>(() => new ThresholdOptions { FalseAlarmRate = 0 });
        Assert.Throws<SemiDefectException>(() => new ThresholdOptions { FalseAlarmRate = 0.6 });
        Assert.Throws<SemiDefectException>(() => new ThresholdOptions { FalseAlarmRate = double.NaN });
        Assert.Throws<SemiDefectException>(() => new ThresholdOptions { FixedValue = double.PositiveInfinity });
        Assert.Throws<ArgumentException>(() => ThresholdRule.Compute([1, double.NaN], new ThresholdOptions()));
        Assert.Throws<ArgumentException>(
            () => ThresholdRule.Compute([1, double.PositiveInfinity], new ThresholdOptions()));
        Assert.Throws<ArgumentException>(
            () => ThresholdRule.Compute([1], new ThresholdOptions { Method = ThresholdMethod.FoldMaxima }));
    }

    private static double[] Sample(Func<SeededGenerator, double> draw, int count, ulong seed)
    {
        var generator = new SeededGenerator(seed);
        return [.. Enumerable.Range(0, count).Select(_ => draw(generator))];
    }
}
