namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// How well scores separate abnormal from normal images, independent of the threshold. Undefined values are null, never
/// 0 or 1: AUROC without abnormal or without normal images, the others without abnormal ones. Equal to scikit-learn's
/// roc_auc_score and average_precision_score where those are defined. Immutable and thread-safe.
/// </summary>
/// <param name="Auroc">The area under the ROC curve, in [0, 1]; ties count one half.</param>
/// <param name="AveragePrecision">The area under the precision-recall curve by steps, in [0, 1].</param>
/// <param name="F1Max">
/// The best F1 over all thresholds. The labels are used to choose it, so it is an upper bound of the F1 in practice.
/// </param>
/// <param name="F1MaxThreshold">A score strictly above it gives <paramref name="F1Max"/>.</param>
public sealed record ImageMetrics(double? Auroc, double? AveragePrecision, double? F1Max, double? F1MaxThreshold)
{
    /// <summary>Computes all metrics.</summary>
    /// <param name="scores">One score per image; higher is more abnormal; no NaN.</param>
    /// <param name="isAbnormal">The labels, in the same order.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static ImageMetrics Compute(ReadOnlySpan<double> scores, ReadOnlySpan<bool> isAbnormal)
    {
        ScoreGroup[] groups = ScoreGroup.Descending(scores, isAbnormal);
        var accumulator = new ImageMetricsAccumulator(
            groups.Sum(group => (long)group.Positives), groups.Sum(group => (long)group.Negatives));
        foreach (ScoreGroup group in groups)
        {
            accumulator.Add(group.Score, group.Positives, group.Negatives);
        }

        return new ImageMetrics(
            accumulator.Auroc, accumulator.AveragePrecision, accumulator.F1Max, accumulator.F1MaxThreshold);
    }

    /// <summary>
    /// The ROC curve from (0, 0) to (1, 1), without the points on a straight line between others.
    /// </summary>
    /// <returns>The curve; empty if the AUROC is undefined.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static IReadOnlyList<CurvePoint> Roc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> isAbnormal)
    {
        ScoreGroup[] groups = ScoreGroup.Descending(scores, isAbnormal);
        long positives = groups.Sum(group => (long)group.Positives);
        long negatives = groups.Sum(group => (long)group.Negatives);
        if (positives == 0 || negatives == 0)
        {
            return [];
        }

        var points = new List<CurvePoint> { new(0, 0, double.PositiveInfinity) };
        long truePositives = 0;
        long falsePositives = 0;
        for (int i = 0; i < groups.Length; i++)
        {
            truePositives += groups[i].Positives;
            falsePositives += groups[i].Negatives;
            bool goesStraightOn = i + 1 < groups.Length
                && (long)groups[i].Positives * groups[i + 1].Negatives
                    == (long)groups[i + 1].Positives * groups[i].Negatives;
            if (!goesStraightOn)
            {
                points.Add(
                    new CurvePoint(
                        (double)falsePositives / negatives, (double)truePositives / positives, groups[i].Score));
            }
        }

        return points;
    }

    /// <summary>The precision-recall curve, one point per distinct score, recall ascending.</summary>
    /// <returns>The curve; empty without abnormal images.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static IReadOnlyList<CurvePoint> PrecisionRecall(ReadOnlySpan<double> scores, ReadOnlySpan<bool> isAbnormal)
    {
        ScoreGroup[] groups = ScoreGroup.Descending(scores, isAbnormal);
        long positives = groups.Sum(group => (long)group.Positives);
        if (positives == 0)
        {
            return [];
        }

        var points = new List<CurvePoint>();
        long truePositives = 0;
        long predicted = 0;
        foreach (ScoreGroup group in groups)
        {
            truePositives += group.Positives;
            predicted += group.Positives + group.Negatives;
            points.Add(
                new CurvePoint((double)truePositives / positives, (double)truePositives / predicted, group.Score));
        }

        return points;
    }
}
