using System.Globalization;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Calibration;

/// <summary>
/// 200 random splits of the scores of 952 real good images: some set the threshold, and the others are compared with
/// it.
/// </summary>
public class FalseAlarmRateTests
{
    private const int Splits = 200;

    private static readonly double[] Scores =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "tests/Golden/conformal/magnetic-tile-good.csv"))
            .Skip(1).Select(line => double.Parse(line, CultureInfo.InvariantCulture)),
    ];

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.1)]
    [InlineData(0.01)]
    public void The_rank_rule_keeps_the_rate(double rate)
    {
        const int Count = 476;
        (double mean, string[] methods) = MeanRate(Count, rate);
        Assert.Equal(["conformal"], methods);

        // The expected rate is 1 - k / (n + 1); the share in one split has a beta-binomial distribution, and 200 splits
        // are averaged.
        double promised = 1 - ConformalThreshold.Rank(Count, rate)!.Value / (Count + 1.0);
        double deviation =
            Math.Sqrt(promised * (1 - promised) * (1.0 / (Count + 2) + 1.0 / (Scores.Length - Count)) / Splits);
        Assert.True(promised <= rate);
        Assert.InRange(mean, promised - 1.96 * deviation, promised + 1.96 * deviation);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    public void The_tail_model_keeps_one_percent_where_the_rank_rule_cannot(int count)
    {
        (double mean, string[] methods) = MeanRate(count, 0.01);
        Assert.Contains("generalized-pareto", methods);
        double deviation = Math.Sqrt(0.01 * 0.99 * (1.0 / (count + 2) + 1.0 / (Scores.Length - count)) / Splits);
        Assert.InRange(mean, 0.01 - 1.96 * deviation, 0.01 + 1.96 * deviation);

        // The highest score as threshold would fail: it is exceeded with probability 1 / (n + 1).
        Assert.True(1.0 / (count + 1) > 0.01 + 1.96 * deviation);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    public void A_few_images_give_fewer_false_alarms_than_requested(int count) =>
        Assert.InRange(MeanRate(count, 0.01).Mean, 0, 0.01);

    private static (double Mean, string[] Methods) MeanRate(int count, double rate)
    {
        var generator = new SeededGenerator(6);
        double[] shuffled = [.. Scores];
        double sum = 0;
        var methods = new SortedSet<string>(StringComparer.Ordinal);
        for (int split = 0; split < Splits; split++)
        {
            generator.Shuffle<double>(shuffled);
            ThresholdEstimate threshold =
                ThresholdRule.Compute(shuffled.AsSpan(0, count), new ThresholdOptions { FalseAlarmRate = rate });
            methods.Add(threshold.Method);
            sum += shuffled.Skip(count).Count(score => score > threshold.Value) / (double)(shuffled.Length - count);
        }

        return (sum / Splits, [.. methods]);
    }
}
