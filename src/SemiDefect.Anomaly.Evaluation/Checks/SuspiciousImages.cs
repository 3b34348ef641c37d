namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>
/// Good images that their fold finds strange: beyond the third quartile by more than three times the interquartile range
/// (Tukey's far-out values, 1977). A defect among the images to learn from is picked first by a greedy coreset, and hides
/// its like ever after. Several such images of one kind may vouch for each other and stay unseen. Thread-safe: nothing is kept.
/// </summary>
internal static class SuspiciousImages
{
    /// <summary>Positions and scores, the strangest first.</summary>
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
        return [.. outOfFoldScores.Select((score, index) => (Index: index, Score: score)).Where(item => item.Score > limit).OrderByDescending(item => item.Score)];
    }

    private static double Quartile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        return sorted[below] + (position - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]);
    }
}
