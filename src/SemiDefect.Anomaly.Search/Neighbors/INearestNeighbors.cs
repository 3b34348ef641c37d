namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// Exact k-nearest-neighbor search over the rows of one bank by squared Euclidean distance. Implementations are
/// thread-safe and do not own the bank, which must outlive them.
/// </summary>
public interface INearestNeighbors : IDisposable
{
    /// <summary>Rows in the bank.</summary>
    int Count { get; }

    /// <summary>Columns of the bank and of every query.</summary>
    int Dimension { get; }

    /// <summary>
    /// Finds the <paramref name="k"/> nearest rows of each query, nearest first, ties to the lowest index. Distances
    /// are accumulated in float64 in a fixed order (<see cref="ExactDistance"/>), the same on every machine.
    /// </summary>
    /// <param name="queries">Rows of <see cref="Dimension"/> values, all finite.</param>
    /// <param name="k">1 .. <see cref="Count"/>, less the rows excluded.</param>
    /// <param name="squaredDistances">Receives queries x k squared distances.</param>
    /// <param name="indices">Receives queries x k row numbers.</param>
    /// <param name="excludedGroup">Rows of this group are passed over; -1 for none. Groups are given when the index is made.</param>
    /// <param name="cancellationToken">Stops the search between blocks.</param>
    /// <exception cref="ArgumentException">Sizes do not fit, a query is not finite, or fewer than k rows are left.</exception>
    void Search(
        ReadOnlySpan<float> queries,
        int k,
        Span<double> squaredDistances,
        Span<int> indices,
        int excludedGroup = -1,
        CancellationToken cancellationToken = default);
}
