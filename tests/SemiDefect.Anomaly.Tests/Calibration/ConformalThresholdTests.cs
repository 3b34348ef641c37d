using CsCheck;
using SemiDefect.Anomaly.Calibration;

namespace SemiDefect.Anomaly.Tests.Calibration;

public class ConformalThresholdTests
{
    // Few distinct values, so that ties are common.
    private static readonly Gen<double[]> TiedScores = Gen.Int[0, 12].Select(value => value * 0.25).Array[1, 60];
    private static readonly Gen<double> Rates = Gen.Int[1, 50].Select(percent => percent / 100.0);

    [Fact]
    public void Among_exchangeable_scores_no_more_than_the_rate_exceed_the_threshold_of_the_others() =>
        Gen.Select(TiedScores, Rates).Sample((scores, rate) =>
        {
            int alarms = 0;
            int judged = 0;
            for (int i = 0; i < scores.Length; i++)
            {
                double[] others = [.. scores[..i], .. scores[(i + 1)..]];
                if (ConformalThreshold.Compute(others, rate) is double threshold)
                {
                    judged++;
                    alarms += scores[i] > threshold ? 1 : 0;
                }
            }

            Assert.True(alarms <= (int)((decimal)rate * judged), $"{alarms} of {judged} at {rate}");
        });

    [Fact]
    public void Counting_equal_scores_as_abnormal_would_lose_the_guarantee()
    {
        double[] scores = [.. Enumerable.Repeat(1.0, 20)];
        double threshold = ConformalThreshold.Compute(scores.AsSpan(1), 0.05)!.Value;
        Assert.Equal(1, threshold);
        Assert.Equal(20, scores.Count(score => score >= threshold));
        Assert.Equal(0, scores.Count(score => score > threshold));
    }

    [Fact]
    public void A_score_is_above_the_threshold_exactly_when_its_p_value_is_at_most_the_rate() =>
        Gen.Select(TiedScores, Rates, Gen.Int[-1, 26].Select(value => value * 0.125)).Sample((scores, rate, score) =>
        {
            double[] sorted = [.. scores.Order()];
            bool isAbove = ConformalThreshold.Compute(scores, rate) is double threshold && score > threshold;
            decimal pValue = (1 + scores.Count(other => other >= score)) / (scores.Length + 1m);
            Assert.Equal(pValue <= (decimal)rate, isAbove);
            Assert.Equal((double)pValue, ConformalThreshold.PValue(sorted, score), 1e-15);
        });

    [Fact]
    public void The_rank_is_the_smallest_that_leaves_no_more_than_the_rate_above() =>
        Gen.Select(Gen.Int[0, 2000], Gen.Int[1, 500]).Sample((count, perMille) =>
        {
            // In integers: k >= (1 - a)(n + 1) with a = perMille / 1000.
            int? expected = Enumerable.Range(1, count)
                .Cast<int?>()
                .FirstOrDefault(k => 1000L * k >= (1000L - perMille) * (count + 1));
            Assert.Equal(expected, ConformalThreshold.Rank(count, perMille / 1000.0));
        });

    [Theory]
    [InlineData(98, 0.01, null)]
    [InlineData(99, 0.01, 99)]
    [InlineData(99, 0.07, 93)]
    [InlineData(952, 0.05, 906)]
    [InlineData(18, 0.05, null)]
    [InlineData(19, 0.05, 19)]
    public void The_rank_is_as_counted_by_hand(int count, double rate, int? rank) =>
        Assert.Equal(rank, ConformalThreshold.Rank(count, rate));

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ConformalThreshold.Compute([1, double.NaN], 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConformalThreshold.Rank(10, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConformalThreshold.Rank(10, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConformalThreshold.Rank(-1, 0.1));
    }
}
