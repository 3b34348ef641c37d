using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>Chooses the search for a bank. Thread-safe: nothing is kept.</summary>
public static class NearestNeighbors
{
    /// <summary>The fastest exact search that fits the bank; see <see cref="INearestNeighbors"/>.</summary>
    /// <param name="bank">At least one row; all values finite. Must outlive the search and must not change.</param>
    /// <param name="groups">The group of each row, 0 or more; empty where nothing is ever excluded.</param>
    /// <param name="threads">Threads to use; 0 for one per core. The results do not depend on it.</param>
    /// <param name="accelerator">A device to search on; null for the CPU. The results do not depend on it.</param>
    /// <exception cref="ArgumentException">The bank is empty or holds NaN or infinity, or the groups do not fit it.</exception>
    /// <exception cref="SemiDefectException">The device cannot serve, and was asked for by name.</exception>
    public static INearestNeighbors Create(FeatureMatrix bank, ReadOnlyMemory<int> groups = default, int threads = 0, SearchAccelerator? accelerator = null) =>
        accelerator?.CreateSearch(bank, groups, threads) ?? new PrefixNearestNeighbors(bank, groups, threads);
}
