namespace SemiDefect.Anomaly.Calibration;

/// <summary>
/// Finds good images whose out-of-fold scores stand out: above the third quartile by more than some times the
/// interquartile range (Tukey 1977). A greedy coreset picks a defect among the training images first, which then hides
/// similar defects, so several similar ones may remain undetected. Stateless.
/// </summary>
internal static class OutlierRule
{
    /// <summary>Tukey's limit for values that are "far out".</summary>
    public const double FarOut = 3;

    // The quartiles of fewer scores say too little.
    private const int Fewest = 12;

    /// <summary>The positions of the scores that stand out, highest score first.</summary>
    /// <param name="scores">Out-of-fold scores, finite.</param>
    /// <param name="fence">The number of interquartile ranges above the third quartile; at least 0.</param>
    public static IReadOnlyList<int> Find(IReadOnlyList<double> scores, double fence)
    {
        if (scores.Count < Fewest)
        {
            return [];
        }

        double[] sorted = [.. scores.Order()];
        double first = Quartile(sorted, 0.25);
        double third = Quartile(sorted, 0.75);
        double limit = third + fence * (third - first);
        return
        [
            .. Enumerable.Range(0, scores.Count)
                .Where(image => scores[image] > limit)
                .OrderByDescending(image => scores[image]),
        ];
    }

    private static double Quartile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        return sorted[below] + (position - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]);
    }
}
