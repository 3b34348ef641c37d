namespace SemiDefect.Anomaly.Scoring;

/// <summary>How the distance of a patch to the memory bank is measured.</summary>
public enum DistanceMetric
{
    /// <summary>The Euclidean distance (as in anomalib).</summary>
    Euclidean,

    /// <summary>The squared Euclidean distance (as in amazon's code).</summary>
    SquaredEuclidean,
}
