namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>
/// Finds good images with extreme out-of-fold scores: above the third quartile by more than three times the
/// interquartile range (far-out values, Tukey 1977). A greedy coreset picks a defect among the training images first,
/// which then hides similar defects. Several similar images of this kind may mask each other and remain undetected.
/// Stateless.
/// </summary>
internal static class SuspiciousImages
{
    /// <summary>Indices and scores, highest score first.</summary>
    public static IReadOnlyList<(int Index, double Score)> Find(IReadOnlyList<double> outOfFoldScores)
    {
        if (outOfFoldScores.Count < 4)
        {
            return [];
        }

        double[] sorted = [.. outOfFoldScores.Order()];
        double first = Quartile(sorted, 0.25);
        double third = Quartile(sorted, 0.75);
        double limit = third + 3 * (third - first);
        return [
            .. outOfFoldScores.Select((score, index) => (Index: index, Score: score))
                .Where(item => item.Score > limit)
                .OrderByDescending(item => item.Score)
        ];
    }

    private static double Quartile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        return sorted[below] + (position - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]);
    }
}
