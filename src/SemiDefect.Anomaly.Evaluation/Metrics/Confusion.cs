namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// The confusion matrix of images at one threshold, with abnormal as the positive class. A ratio whose denominator is 0
/// is null, which means unknown. Immutable and thread-safe.
/// </summary>
/// <param name="TruePositives">Abnormal images called abnormal.</param>
/// <param name="FalsePositives">Normal images called abnormal: false alarms.</param>
/// <param name="TrueNegatives">Normal images not called abnormal, those to be checked included.</param>
/// <param name="FalseNegatives">Abnormal images not called abnormal, those to be checked included: escapes.</param>
public readonly record struct Confusion(int TruePositives, int FalsePositives, int TrueNegatives, int FalseNegatives)
{
    /// <summary>The share of alarms that are correct; null without alarms.</summary>
    public double? Precision => Ratio(TruePositives, TruePositives + FalsePositives);

    /// <summary>The share of abnormal images that are found; null without any.</summary>
    public double? Recall => Ratio(TruePositives, TruePositives + FalseNegatives);

    /// <summary>The share of normal images that pass; null without any.</summary>
    public double? Specificity => Ratio(TrueNegatives, TrueNegatives + FalsePositives);

    /// <summary>2 TP / (2 TP + FP + FN); null if no image is abnormal or called abnormal.</summary>
    public double? F1 => Ratio(2 * TruePositives, 2 * TruePositives + FalsePositives + FalseNegatives);

    /// <summary>The share of correct decisions; misleading for unbalanced classes. Null without images.</summary>
    public double? Accuracy =>
        Ratio(TruePositives + TrueNegatives, TruePositives + TrueNegatives + FalsePositives + FalseNegatives);

    /// <summary>The mean of recall and specificity; null if either is null.</summary>
    public double? BalancedAccuracy => (Recall + Specificity) / 2;

    /// <summary>Counts the images; a score strictly above the threshold is called abnormal.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a number is NaN.</exception>
    public static Confusion At(double threshold, ReadOnlySpan<double> scores, ReadOnlySpan<bool> isAbnormal)
    {
        if (scores.Length != isAbnormal.Length)
        {
            throw new ArgumentException($"{scores.Length} scores, but {isAbnormal.Length} labels.", nameof(isAbnormal));
        }

        if (double.IsNaN(threshold))
        {
            throw new ArgumentException("The threshold is not a number.", nameof(threshold));
        }

        var rule = new DecisionRule(threshold);
        Span<int> counts = stackalloc int[4];
        counts.Clear();
        for (int i = 0; i < scores.Length; i++)
        {
            if (double.IsNaN(scores[i]))
            {
                throw new ArgumentException("A score is not a number.", nameof(scores));
            }

            counts[(isAbnormal[i] ? 2 : 0) + (rule.Decide(scores[i]) == Decision.Abnormal ? 1 : 0)]++;
        }

        return new Confusion(counts[3], counts[1], counts[0], counts[2]);
    }

    private static double? Ratio(int part, int whole) => whole == 0 ? null : (double)part / whole;
}
