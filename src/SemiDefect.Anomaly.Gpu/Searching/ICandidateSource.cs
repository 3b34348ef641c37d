namespace SemiDefect.Anomaly.Gpu.Searching;

/// <summary>
/// What holds a bank and tells, for each query of a batch, the rows with the least keys. Two batches may be under way, in two lanes.
/// Not thread-safe.
/// </summary>
internal interface ICandidateSource : IDisposable
{
    /// <summary>The most queries in a batch: a multiple of a tile.</summary>
    int BatchQueries { get; }

    /// <summary>Rows that do not count from here on: those whose entry in the norms is infinite.</summary>
    /// <param name="norms">One per row, padded to whole panels.</param>
    void SetNorms(ReadOnlySpan<float> norms);

    /// <summary>Starts a batch, and may return before it is done.</summary>
    /// <param name="lane">0 or 1; its batch before must have been ended.</param>
    /// <param name="queries">The tiles, as <see cref="SearchSpace.Pack"/> makes them with factor -2.</param>
    /// <param name="tiles">How many.</param>
    /// <param name="slots">The rows wanted of each query: 16, 32 or 64.</param>
    void Begin(int lane, ReadOnlySpan<float> queries, int tiles, int slots);

    /// <summary>Waits for a batch.</summary>
    /// <param name="lane">Its lane.</param>
    /// <param name="keys">Receives slots x queries keys, ascending by slot.</param>
    /// <param name="rows">Receives their rows; -1 where fewer than that count.</param>
    void End(int lane, Span<float> keys, Span<int> rows);
}
