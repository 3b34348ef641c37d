namespace SemiDefect.Anomaly.Gpu.Searching;

/// <summary>
/// Holds a bank and returns the rows with the smallest keys for each query of a batch. Two batches may be in progress,
/// in two lanes. Not thread-safe.
/// </summary>
internal interface ICandidateSource : IDisposable
{
    /// <summary>The maximum number of queries in a batch: a multiple of a tile.</summary>
    int BatchQueries { get; }

    /// <summary>Sets the norms of the rows; a row with an infinite norm is ignored from now on.</summary>
    /// <param name="norms">One per row, padded to whole panels.</param>
    void SetNorms(ReadOnlySpan<float> norms);

    /// <summary>Starts a batch; may return before it is done.</summary>
    /// <param name="lane">0 or 1; its previous batch must have been ended.</param>
    /// <param name="queries">The tiles, packed by <see cref="SearchSpace.Pack"/> with factor -2.</param>
    /// <param name="tiles">The number of tiles.</param>
    /// <param name="slots">The number of rows to return per query: 16, 32 or 64.</param>
    void Begin(int lane, ReadOnlySpan<float> queries, int tiles, int slots);

    /// <summary>Waits for a batch.</summary>
    /// <param name="lane">Its lane.</param>
    /// <param name="keys">Receives slots x queries keys, ascending by slot.</param>
    /// <param name="rows">Receives their rows; -1 if there are fewer.</param>
    void End(int lane, Span<float> keys, Span<int> rows);
}
