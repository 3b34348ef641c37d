namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>How a coreset is picked.</summary>
public enum CoresetMethod
{
    /// <summary>
    /// Greedy k-center (Gonzalez 1985): the row farthest from all picks is picked next. Starts at the row whose distances
    /// to all rows have the largest Euclidean norm, which is the row farthest from the mean.
    /// </summary>
    Exact,

    /// <summary>
    /// The published shortcut of PatchCore: the mean distance to a few anchors is the distance to begin with, and the
    /// anchors are not picked themselves.
    /// </summary>
    Approximate,
}
