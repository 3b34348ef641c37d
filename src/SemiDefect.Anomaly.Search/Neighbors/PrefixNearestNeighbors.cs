using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// Exact search that looks at few distances: lower bounds from a few dozen principal coordinates discard most rows, a
/// hundred and more coordinates most of the rest, and what remains is measured by <see cref="ExactDistance"/>. A query whose bounds
/// discard too little is answered with bounds from all columns instead. The answers equal those of
/// <see cref="FlatNearestNeighbors"/> bit for bit, whatever the instruction set and the number of threads;
/// docs/exact-search.md proves it. Thread-safe; does not own the bank.
/// </summary>
/// <remarks>
/// Memory: the index takes 610 bytes per row (640 from 16,384 rows on), searches 1 to 2 MiB per thread. The index is built from
/// the bank when this is made, in a fraction of a second, and is never stored.
/// </remarks>
public sealed unsafe class PrefixNearestNeighbors : INearestNeighbors
{
    private readonly PrefixIndex _index;
    private readonly ReadOnlyMemory<int> _groups;
    private readonly int _threads;

    /// <summary>Indexes <paramref name="bank"/>, which must outlive the search and must not change.</summary>
    /// <param name="bank">At least one row; all values finite.</param>
    /// <param name="groups">The group of each row, 0 or more (the fold or image it came from); empty where nothing is ever excluded.</param>
    /// <param name="threads">Threads to use; 0 for as many as there are processors. The results do not depend on it.</param>
    /// <param name="cancellationToken">Stops the indexing.</param>
    /// <exception cref="ArgumentException">The bank is empty or holds NaN or infinity, or the groups do not fit it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public PrefixNearestNeighbors(
        FeatureMatrix bank,
        ReadOnlyMemory<int> groups = default,
        int threads = 0,
        CancellationToken cancellationToken = default)
    {
        float largest = SearchArguments.CheckBank(bank, groups, threads);
        _groups = groups;
        _threads = SearchArguments.ResolveThreads(threads);
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
        int excludedGroup = -1,
        CancellationToken cancellationToken = default)
    {
        int count = SearchArguments.Check(this, _groups.Span, queries, k, squaredDistances, indices, excludedGroup);
        if (count == 0)
        {
            return;
        }

        // The memory stays pinned until the search is over, so that threads may write to it.
        fixed (float* queryStart = queries)
        fixed (double* distanceStart = squaredDistances)
        fixed (int* indexStart = indices)
        {
            using var call = new PrefixSearch(_index, _groups.Span, excludedGroup, _threads, queryStart, count, k, distanceStart, indexStart);
            call.Run(cancellationToken);
        }
    }

    /// <summary>Gives the index's memory back.</summary>
    public void Dispose() => _index.Dispose();
}
