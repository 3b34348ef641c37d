using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// Exact search that computes few distances: lower bounds from a few dozen principal coordinates discard most rows,
/// more than a hundred coordinates discard most of the others, and the remaining rows are measured by
/// <see cref="ExactDistance"/>. If the bounds of a query discard too little, bounds from all columns are used instead.
/// The results equal those of <see cref="FlatNearestNeighbors"/> bit for bit, for every instruction set and number of
/// threads; docs/exact-search.md has the proof. Thread-safe. The caller disposes it, which frees the index; the bank is
/// not disposed.
/// </summary>
/// <remarks>
/// Memory: the index takes 610 bytes per row (640 from 16,384 rows on), and searches take 1 to 2 MiB per thread. The
/// index is built by the constructor, in a fraction of a second, and is never stored.
/// </remarks>
public sealed unsafe class PrefixNearestNeighbors : INearestNeighbors
{
    private readonly PrefixIndex _index;
    private readonly ReadOnlyMemory<int> _groups;
    private readonly int _threads;

    /// <summary>Indexes <paramref name="bank"/>, which must outlive the search and must not change.</summary>
    /// <param name="bank">At least one row; all values finite.</param>
    /// <param name="groups">The group of each row, 0 or more (for example, its fold or image); empty if no group is
    /// ever excluded.</param>
    /// <param name="threads">Number of threads; 0 for one per processor. Does not affect the results.</param>
    /// <param name="cancellationToken">Stops the indexing.</param>
    /// <exception cref="ArgumentException">
    /// The bank is empty or holds NaN or infinity, or the groups do not match it.
    /// </exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public PrefixNearestNeighbors(
        FeatureMatrix bank,
        ReadOnlyMemory<int> groups = default,
        int threads = 0,
        CancellationToken cancellationToken = default)
    {
        float largest = SearchArguments.CheckBank(bank, groups, threads);
        _groups = groups;
        _threads = ThreadCount.Resolve(threads);
        _index = PrefixIndex.Build(bank, largest, _threads, cancellationToken);
    }

    /// <inheritdoc/>
    public int Count => _index.Bank.Rows;

    /// <inheritdoc/>
    public int Dimension => _index.Bank.Columns;

    /// <inheritdoc/>
    public void Search(
        ReadOnlySpan<float> queries,
        int k,
        Span<double> squaredDistances,
        Span<int> indices,
        BankFilter filter = default,
        CancellationToken cancellationToken = default)
    {
        int count = SearchArguments.Check(this, _groups.Span, queries, k, squaredDistances, indices, filter);
        if (count == 0)
        {
            return;
        }

        // The memory stays pinned until the search ends, so threads may write to it.
        fixed (float* queryStart = queries)
        fixed (double* distanceStart = squaredDistances)
        fixed (int* indexStart = indices)
        {
            using var call = new PrefixSearch(
                _index, _groups.Span, filter, _threads, queryStart, count, k, distanceStart, indexStart);
            call.Run(cancellationToken);
        }
    }

    /// <summary>Frees the index.</summary>
    public void Dispose() => _index.Dispose();
}
