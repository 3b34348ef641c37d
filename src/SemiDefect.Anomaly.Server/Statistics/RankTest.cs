namespace SemiDefect.Anomaly.Server.Statistics;

/// <summary>
/// The rank-sum test of Mann and Whitney (1947) with the normal approximation and the correction for ties. Stateless.
/// </summary>
internal static class RankTest
{
    /// <summary>
    /// By how many standard deviations the sample ranks above the reference; negative if it ranks below, and 0 if all
    /// values are equal.
    /// </summary>
    /// <param name="sample">One value or more.</param>
    /// <param name="reference">One value or more.</param>
    public static double Z(IReadOnlyList<double> sample, IReadOnlyList<double> reference)
    {
        (double Value, bool IsSample)[] all =
        [
            .. sample.Select(value => (value, true)).Concat(reference.Select(value => (value, false)))
                .OrderBy(item => item.Item1),
        ];
        double total = all.Length;
        double rankSum = 0;
        double ties = 0;
        for (int start = 0, end; start < all.Length; start = end)
        {
            for (end = start + 1; end < all.Length && all[end].Value == all[start].Value;)
            {
                end++;
            }

            // Equal values share the mean of their ranks, which start at 1.
            double rank = (start + 1 + end) / 2.0;
            rankSum += rank * all[start..end].Count(item => item.IsSample);
            double tied = end - start;
            ties += tied * tied * tied - tied;
        }

        double n = sample.Count;
        double m = reference.Count;
        double variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)));
        double difference = rankSum - n * (total + 1) / 2;
        return variance > 0 ? difference / Math.Sqrt(variance) : 0;
    }
}
