namespace SemiDefect.Anomaly.Scoring;

/// <summary>What a patch's distance to the memory bank is measured in.</summary>
public enum DistanceMetric
{
    /// <summary>The Euclidean distance (anomalib's way).</summary>
    Euclidean,

    /// <summary>Its square (amazon's way).</summary>
    SquaredEuclidean,
}
