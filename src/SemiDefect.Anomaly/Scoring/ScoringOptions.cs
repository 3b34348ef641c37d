using System.Globalization;
using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Scoring;

/// <summary>How distances are turned into scores. Immutable; invalid values are rejected when set.</summary>
public sealed record ScoringOptions
{
    /// <summary>The number of nearest bank vectors whose mean distance is the patch score, 1 to 100.</summary>
    public int Neighbors
    {
        get;
        init =>
            field = value is >= 1 and <= 100
                ? value
                : throw new SemiDefectException($"The number of neighbors must be between 1 and 100, not {value}.");
    } = 1;

    /// <summary>The distance metric.</summary>
    [JsonInclude]
    internal DistanceMetric Metric { get; init; }

    /// <summary>
    /// The standard deviation, in patches, of a Gaussian that smooths the patch scores of a view before anything else
    /// uses them: 0 (none) to 8. A single noisy patch then counts less than a group.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Smoothing
    {
        get;
        init =>
            field = value is >= 0 and <= 8
                ? value
                : throw new SemiDefectException(
                    string.Create(CultureInfo.InvariantCulture, $"Smoothing must be 0 to 8 patches, not {value}."));
    }

    /// <summary>How an image score is computed from patch scores.</summary>
    [JsonInclude]
    internal ImageScoreRule ImageScore { get; init; }

    /// <summary>The b of <see cref="ImageScoreRule.Reweighted"/>, 2 to 100.</summary>
    [JsonInclude]
    internal int ReweightingNeighbors
    {
        get;
        init =>
            field = value is >= 2 and <= 100
                ? value
                : throw new SemiDefectException($"Re-weighting takes between 2 and 100 neighbors, not {value}.");
    } = 9;

    /// <summary>Whether scores depend only on the distance of each patch to its nearest row.</summary>
    internal bool NeedsNearestOnly => Neighbors == 1 && ImageScore != ImageScoreRule.Reweighted;

    /// <summary>The minimum number of bank rows needed to score an image.</summary>
    internal int RowsNeeded =>
        ImageScore == ImageScoreRule.Reweighted ? Math.Max(Neighbors, ReweightingNeighbors) : Neighbors;
}

/// <summary>What a patch's distance to the memory bank is measured in.</summary>
internal enum DistanceMetric
{
    /// <summary>The Euclidean distance (anomalib's way).</summary>
    Euclidean,

    /// <summary>Its square (amazon's way).</summary>
    SquaredEuclidean,
}

/// <summary>How an image's score is made of its patches' scores.</summary>
internal enum ImageScoreRule
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
