namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>How the rows of a coreset are picked.</summary>
public enum CoresetMethod
{
    /// <summary>
    /// Greedy k-center (Gonzalez 1985): the next pick is the row farthest from all picks. The first pick is the row
    /// whose distances to all rows have the largest Euclidean norm, which is the row farthest from the mean.
    /// </summary>
    Exact,

    /// <summary>
    /// The approximation published with PatchCore: the initial distances are the mean distances to a few anchors, and
    /// the anchors themselves are not picked.
    /// </summary>
    Approximate,
}
