using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// Brute-force search: every distance of every query in float64. It defines what exact search means, and is the
/// reference for the fast search. Thread-safe. The caller disposes it; the bank is not disposed. Memory beyond the bank
/// and the results is negligible.
/// </summary>
public sealed unsafe class FlatNearestNeighbors : INearestNeighbors
{
    private const int QueryBlock = 8;
    private const int BankBlock = 256;

    private readonly FeatureMatrix _bank;
    private readonly ReadOnlyMemory<int> _groups;
    private readonly int _threads;

    /// <summary>Wraps <paramref name="bank"/>, which must outlive the search and must not change.</summary>
    /// <param name="bank">At least one row; all values finite.</param>
    /// <param name="groups">The group of each row, 0 or more (for example, its fold or image); empty if no group is
    /// ever excluded.</param>
    /// <param name="threads">Number of threads; 0 for one per processor. Does not affect the results.</param>
    /// <exception cref="ArgumentException">
    /// The bank is empty or holds NaN or infinity, or the groups do not match it.
    /// </exception>
    public FlatNearestNeighbors(FeatureMatrix bank, ReadOnlyMemory<int> groups = default, int threads = 0)
    {
        SearchArguments.CheckBank(bank, groups, threads);
        _bank = bank;
        _groups = groups;
        _threads = ThreadCount.Resolve(threads);
    }

    /// <inheritdoc/>
    public int Count => _bank.Rows;

    /// <inheritdoc/>
    public int Dimension => _bank.Columns;

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
        SearchArguments.CheckFinite(queries);
        if (count == 0)
        {
            return;
        }

        fixed (float* queryStart = queries)
        fixed (double* distanceStart = squaredDistances)
        fixed (int* indexStart = indices)
        {
            // Spans and fixed pointers cannot be captured; the memory stays pinned until the loop ends.
            nint queryAddress = (nint)queryStart;
            nint distanceAddress = (nint)distanceStart;
            nint indexAddress = (nint)indexStart;
            var options = new ParallelOptions
            {
                MaxDegreeOfParallelism = _threads,
                CancellationToken = cancellationToken,
            };
            Parallel.For(0, (count + QueryBlock - 1) / QueryBlock, options, block =>
            {
                int first = block * QueryBlock;
                SearchBlock(
                    (float*)queryAddress,
                    first,
                    Math.Min(count, first + QueryBlock),
                    k,
                    (double*)distanceAddress,
                    (int*)indexAddress,
                    filter);
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void SearchBlock(
        float* queries,
        int first,
        int end,
        int k,
        double* distances,
        int* indices,
        BankFilter filter)
    {
        ReadOnlySpan<int> groups = filter == BankFilter.All ? default : _groups.Span;
        int columns = _bank.Columns;
        int rows = _bank.Rows;
        float* bank = _bank.Data;
        Span<NearestList> lists = stackalloc NearestList[QueryBlock];
        for (int q = first; q < end; q++)
        {
            lists[q - first] = new NearestList(distances + (long)q * k, indices + (long)q * k, k);
        }

        for (int start = 0; start < rows; start += BankBlock)
        {
            int stop = Math.Min(rows, start + BankBlock);
            for (int q = first; q < end; q++)
            {
                ref NearestList list = ref lists[q - first];
                float* query = queries + (long)q * columns;
                for (int row = start; row < stop; row++)
                {
                    if (groups.IsEmpty || filter.Allows(groups[row]))
                    {
                        list.Offer(ExactDistance.Squared(ref *query, ref *(bank + (long)row * columns), columns), row);
                    }
                }
            }
        }
    }
}
