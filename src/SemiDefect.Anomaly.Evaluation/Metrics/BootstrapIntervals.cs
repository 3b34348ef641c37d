using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// 95 % percentile bootstrap intervals (Efron 1979) of the image metrics. Normal and abnormal images are drawn with
/// replacement, each class to its own number, from a fixed seed. An interval is null if its metric is undefined in a
/// resample. The intervals show how much the figures may vary with other images of the same kind; they do not cover a
/// change of the detector. Immutable and thread-safe.
/// </summary>
public sealed record BootstrapIntervals
{
    private BootstrapIntervals()
    {
    }

    /// <summary>The interval of the area under the ROC curve.</summary>
    public Interval? Auroc { get; private init; }

    /// <summary>The interval of the average precision.</summary>
    public Interval? AveragePrecision { get; private init; }

    /// <summary>The interval of the best F1.</summary>
    public Interval? F1Max { get; private init; }

    /// <summary>The interval of the precision at the threshold.</summary>
    public Interval? Precision { get; private init; }

    /// <summary>The interval of the recall at the threshold.</summary>
    public Interval? Recall { get; private init; }

    /// <summary>The interval of the F1 at the threshold.</summary>
    public Interval? F1 { get; private init; }

    /// <summary>The interval of the specificity at the threshold.</summary>
    public Interval? Specificity { get; private init; }

    /// <summary>The interval of the balanced accuracy at the threshold.</summary>
    public Interval? BalancedAccuracy { get; private init; }

    /// <summary>Computes the intervals.</summary>
    /// <param name="scores">One score per image; no NaN.</param>
    /// <param name="isAbnormal">The labels, in the same order.</param>
    /// <param name="threshold">The decision threshold.</param>
    /// <param name="resamples">Number of resamples, at least 1.</param>
    /// <param name="seed">The random seed.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a number is NaN.</exception>
    public static BootstrapIntervals Compute(
        ReadOnlySpan<double> scores,
        ReadOnlySpan<bool> isAbnormal,
        double threshold,
        int resamples = 2000,
        ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        ScoreGroup[] groups = ScoreGroup.Descending(scores, isAbnormal);
        int[] positiveGroups = Members(groups, group => group.Positives);
        int[] negativeGroups = Members(groups, group => group.Negatives);
        var generator = new SeededGenerator(seed);
        int[] positives = new int[groups.Length];
        int[] negatives = new int[groups.Length];
        var rankings = new ImageMetricsAccumulator[resamples];
        var confusions = new Confusion[resamples];
        for (int i = 0; i < resamples; i++)
        {
            Draw(positiveGroups, positives, generator);
            Draw(negativeGroups, negatives, generator);
            (rankings[i], confusions[i]) =
                Evaluate(groups, positives, negatives, positiveGroups.Length, negativeGroups.Length, threshold);
        }

        return new BootstrapIntervals
        {
            Auroc = Interval.Percentile([.. rankings.Select(ranking => ranking.Auroc)]),
            AveragePrecision = Interval.Percentile([.. rankings.Select(ranking => ranking.AveragePrecision)]),
            F1Max = Interval.Percentile([.. rankings.Select(ranking => ranking.F1Max)]),
            Precision = Interval.Percentile([.. confusions.Select(confusion => confusion.Precision)]),
            Recall = Interval.Percentile([.. confusions.Select(confusion => confusion.Recall)]),
            F1 = Interval.Percentile([.. confusions.Select(confusion => confusion.F1)]),
            Specificity = Interval.Percentile([.. confusions.Select(confusion => confusion.Specificity)]),
            BalancedAccuracy = Interval.Percentile([.. confusions.Select(confusion => confusion.BalancedAccuracy)]),
        };
    }

    private static int[] Members(ScoreGroup[] groups, Func<ScoreGroup, int> count) =>
        [.. Enumerable.Range(0, groups.Length).SelectMany(i => Enumerable.Repeat(i, count(groups[i])))];

    private static void Draw(int[] members, int[] counts, SeededGenerator generator)
    {
        Array.Clear(counts);
        for (int i = 0; i < members.Length; i++)
        {
            counts[members[generator.NextInt32(members.Length)]]++;
        }
    }

    private static (ImageMetricsAccumulator Ranking, Confusion Confusion) Evaluate(
        ScoreGroup[] groups, int[] positives, int[] negatives, int positiveCount, int negativeCount, double threshold)
    {
        var ranking = new ImageMetricsAccumulator(positiveCount, negativeCount);
        var rule = new DecisionRule(threshold);
        int truePositives = 0;
        int falsePositives = 0;
        for (int i = 0; i < groups.Length; i++)
        {
            if (positives[i] + negatives[i] == 0)
            {
                continue;
            }

            ranking.Add(groups[i].Score, positives[i], negatives[i]);
            if (rule.Decide(groups[i].Score) == Decision.Abnormal)
            {
                truePositives += positives[i];
                falsePositives += negatives[i];
            }
        }

        return (
            ranking,
            new Confusion(
                truePositives, falsePositives, negativeCount - falsePositives, positiveCount - truePositives));
    }
}
