using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>Creates the search for a bank. Stateless.</summary>
public static class NearestNeighbors
{
    /// <summary>
    /// Creates the fastest exact search for the bank; see <see cref="INearestNeighbors"/>. The caller disposes it.
    /// </summary>
    /// <param name="bank">At least one row; all values finite. Must outlive the search and must not change.</param>
    /// <param name="groups">The group of each row, 0 or more; empty if no group is ever excluded.</param>
    /// <param name="threads">Number of threads; 0 for one per processor. Does not affect the results.</param>
    /// <param name="accelerator">A device to search on; null for the CPU. Does not affect the results. Not
    /// disposed.</param>
    /// <exception cref="ArgumentException">
    /// The bank is empty or holds NaN or infinity, or the groups do not match it.
    /// </exception>
    /// <exception cref="SemiDefectException">The device was requested by name and is not available.</exception>
    public static INearestNeighbors Create(
        FeatureMatrix bank,
        ReadOnlyMemory<int> groups = default,
        int threads = 0,
        SearchAccelerator? accelerator = null) =>
        accelerator?.CreateSearch(bank, groups, threads) ?? new PrefixNearestNeighbors(bank, groups, threads);
}
