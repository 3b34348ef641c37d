namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// Exact k-nearest-neighbor search over the rows of one bank by squared Euclidean distance. Implementations are
/// thread-safe. Whoever creates a search disposes it; the bank is not disposed and must outlive it.
/// </summary>
public interface INearestNeighbors : IDisposable
{
    /// <summary>Number of rows in the bank.</summary>
    int Count { get; }

    /// <summary>Number of columns of the bank and of every query.</summary>
    int Dimension { get; }

    /// <summary>
    /// Finds the <paramref name="k"/> nearest rows of each query, nearest first; ties go to the lowest index. Distances
    /// are accumulated in float64 in a fixed order (<see cref="ExactDistance"/>), so they are the same on every
    /// machine.
    /// </summary>
    /// <param name="queries">Rows of <see cref="Dimension"/> values, all finite.</param>
    /// <param name="k">1 to <see cref="Count"/>, less the excluded rows.</param>
    /// <param name="squaredDistances">Receives queries x k squared distances.</param>
    /// <param name="indices">Receives queries x k row indices.</param>
    /// <param name="filter">Which rows may answer, by their groups, which are set when the search is created.</param>
    /// <param name="cancellationToken">Stops the search between blocks.</param>
    /// <exception cref="ArgumentException">
    /// Sizes do not match, a query is not finite, or fewer than k rows are left.
    /// </exception>
    void Search(
        ReadOnlySpan<float> queries,
        int k,
        Span<double> squaredDistances,
        Span<int> indices,
        BankFilter filter = default,
        CancellationToken cancellationToken = default);
}
