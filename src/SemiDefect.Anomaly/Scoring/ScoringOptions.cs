namespace SemiDefect.Anomaly.Scoring;

/// <summary>How distances become scores. Immutable; impossible values are refused when set.</summary>
public sealed record ScoringOptions
{
    /// <summary>A patch's score is the mean distance to this many nearest bank vectors, 1 to 100.</summary>
    public int Neighbors
    {
        get;
        init =>
            field = value is >= 1 and <= 100
                ? value
                : throw new SemiDefectException($"The number of neighbors must be between 1 and 100, not {value}.");
    } = 1;

    /// <summary>What distances are measured in.</summary>
    public DistanceMetric Metric { get; init; }

    /// <summary>How an image's score is made of its patches' scores.</summary>
    public ImageScoreRule ImageScore { get; init; }

    /// <summary>The b of <see cref="ImageScoreRule.Reweighted"/>, 2 to 100.</summary>
    public int ReweightingNeighbors
    {
        get;
        init =>
            field = value is >= 2 and <= 100
                ? value
                : throw new SemiDefectException($"Re-weighting takes between 2 and 100 neighbors, not {value}.");
    } = 9;

    /// <summary>Whether scores hang on nothing but the distance of each patch to the row nearest to it.</summary>
    internal bool NeedsNearestOnly => Neighbors == 1 && ImageScore != ImageScoreRule.Reweighted;

    /// <summary>The rows that a bank must have for an image to be scored.</summary>
    internal int RowsNeeded =>
        ImageScore == ImageScoreRule.Reweighted ? Math.Max(Neighbors, ReweightingNeighbors) : Neighbors;
}

/// <summary>What a patch's distance to the memory bank is measured in.</summary>
public enum DistanceMetric
{
    /// <summary>The Euclidean distance (anomalib's way).</summary>
    Euclidean,

    /// <summary>Its square (amazon's way).</summary>
    SquaredEuclidean,
}

/// <summary>How an image's score is made of its patches' scores.</summary>
public enum ImageScoreRule
{
    /// <summary>The highest patch score.</summary>
    Maximum,

    /// <summary>
    /// The highest patch score s, times 1 - exp(d_1) / sum of exp(d_i) over the distances d from that patch to the b
    /// bank vectors nearest to its nearest one (arXiv 2106.08265, equation 7, as anomalib computes it).
    /// </summary>
    Reweighted,

    /// <summary>The mean of the highest 1 % of the patch scores, at least one.</summary>
    TopPercentMean,
}
