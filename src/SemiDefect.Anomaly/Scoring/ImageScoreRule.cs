namespace SemiDefect.Anomaly.Scoring;

/// <summary>How an image score is computed from patch scores.</summary>
public enum ImageScoreRule
{
    /// <summary>The highest patch score.</summary>
    Maximum,

    /// <summary>
    /// The highest patch score s, times 1 - exp(d_1) / sum of exp(d_i), where d_i are the distances of that patch to
    /// the b bank vectors nearest to its nearest neighbor (arXiv 2106.08265, equation 7, as anomalib computes it).
    /// </summary>
    Reweighted,

    /// <summary>The mean of the highest 1 % of the patch scores (at least one).</summary>
    TopPercentMean,
}
