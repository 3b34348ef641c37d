namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// Searches the rows of two banks as one: those of the second follow those of the first. Groups apply to the first
/// bank; rows of the second are never excluded. Thread-safe. The caller disposes it; this disposes the second search
/// but not the first.
/// </summary>
public sealed class JoinedNearestNeighbors(INearestNeighbors first, INearestNeighbors second) : INearestNeighbors
{
    /// <inheritdoc/>
    public int Count => first.Count + second.Count;

    /// <inheritdoc/>
    public int Dimension => first.Dimension;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// As for any search, or fewer than k rows of the first bank are left.
    /// </exception>
    public void Search(
        ReadOnlySpan<float> queries,
        int k,
        Span<double> squaredDistances,
        Span<int> indices,
        BankFilter filter = default,
        CancellationToken cancellationToken = default)
    {
        first.Search(queries, k, squaredDistances, indices, filter, cancellationToken);
        int more = Math.Min(k, second.Count);
        int count = queries.Length / Dimension;
        double[] distances = new double[count * more];
        int[] rows = new int[count * more];
        second.Search(queries, more, distances, rows, BankFilter.All, cancellationToken);
        for (int query = 0; query < count; query++)
        {
            Merge(
                squaredDistances.Slice(query * k, k),
                indices.Slice(query * k, k),
                distances.AsSpan(query * more, more),
                rows.AsSpan(query * more, more));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => second.Dispose();

    // Merges from the back: a pair farther than both ends is dropped, and of equal distances, the later row.
    private void Merge(
        Span<double> squaredDistances,
        Span<int> indices,
        ReadOnlySpan<double> moreDistances,
        ReadOnlySpan<int> moreRows)
    {
        int own = squaredDistances.Length;
        int more = moreDistances.Length;
        while (own + more > squaredDistances.Length)
        {
            if (more == 0 || (own > 0 && squaredDistances[own - 1] > moreDistances[more - 1]))
            {
                own--;
            }
            else
            {
                more--;
            }
        }

        for (int slot = squaredDistances.Length - 1; more > 0; slot--)
        {
            if (own > 0 && squaredDistances[own - 1] > moreDistances[more - 1])
            {
                own--;
                (squaredDistances[slot], indices[slot]) = (squaredDistances[own], indices[own]);
            }
            else
            {
                more--;
                (squaredDistances[slot], indices[slot]) = (moreDistances[more], first.Count + moreRows[more]);
            }
        }
    }
}
