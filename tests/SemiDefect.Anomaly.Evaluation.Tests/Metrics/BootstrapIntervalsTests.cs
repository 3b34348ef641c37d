using SemiDefect.Anomaly.Evaluation.Metrics;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Tests.Metrics;

public class BootstrapIntervalsTests
{
    [Fact]
    public void The_interval_of_recall_is_that_of_a_binomial_share()
    {
        // 60 of 100 defects are found: standard error sqrt(.6 x .4 / 100) = 0.049.
        double[] scores = [.. Enumerable.Range(0, 200).Select(i => i < 60 ? 2.0 : 1.0)];
        bool[] labels = [.. Enumerable.Range(0, 200).Select(i => i < 100)];
        BootstrapIntervals intervals = BootstrapIntervals.Compute(scores, labels, 1.5);
        Assert.Equal(0.6 - 1.96 * 0.049, intervals.Recall!.Value.Low, 0.015);
        Assert.Equal(0.6 + 1.96 * 0.049, intervals.Recall!.Value.High, 0.015);
        Assert.Equal(new Interval(1, 1), intervals.Specificity);
    }

    [Fact]
    public void The_interval_of_AUROC_holds_the_true_value_about_95_times_in_100()
    {
        // Normal scores one standard deviation apart: the true value is Phi(1 / sqrt 2) = 0.76025.
        int held = 0;
        for (ulong trial = 0; trial < 100; trial++)
        {
            var generator = new SeededGenerator(trial);
            bool[] labels = [.. Enumerable.Range(0, 120).Select(i => i % 2 == 0)];
            double[] scores = [.. labels.Select(isBad => generator.NextGaussian() + (isBad ? 1 : 0))];
            Interval interval = BootstrapIntervals.Compute(scores, labels, 0, 200).Auroc!.Value;
            held += interval.Low <= 0.76025 && interval.High >= 0.76025 ? 1 : 0;
        }

        Assert.InRange(held, 88, 99);
    }

    [Fact]
    public void The_same_seed_gives_the_same_intervals_and_another_seed_others()
    {
        bool[] labels = [.. Enumerable.Range(0, 40).Select(i => i % 3 == 0)];
        double[] scores = [.. labels.Select((isBad, i) => (i * 7919 % 40) + (isBad ? 8.0 : 0))];
        Assert.Equal(
            BootstrapIntervals.Compute(scores, labels, 20, 100, 1),
            BootstrapIntervals.Compute(scores, labels, 20, 100, 1));
        Assert.NotEqual(
            BootstrapIntervals.Compute(scores, labels, 20, 100, 1),
            BootstrapIntervals.Compute(scores, labels, 20, 100, 2));
    }

    [Fact]
    public void Without_defects_only_the_specificity_has_an_interval()
    {
        BootstrapIntervals intervals = BootstrapIntervals.Compute([1, 2, 3], [false, false, false], 2.5);
        Assert.Null(intervals.Auroc);
        Assert.Null(intervals.Recall);
        Assert.Null(intervals.Precision);
        Assert.NotNull(intervals.Specificity);
    }
}
