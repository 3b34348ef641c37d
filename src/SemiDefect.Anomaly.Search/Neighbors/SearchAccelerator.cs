using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// A device other than the CPU for searches and coresets. It affects speed, never results. This assembly contains no
/// implementation; callers pass one in. Thread-safe. Whoever creates it disposes it, after every search created by it.
/// </summary>
public abstract class SearchAccelerator : IDisposable
{
    /// <summary>The display name of the device.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Creates a search over a bank whose results equal those of <see cref="NearestNeighbors.Create"/>, bit for bit.
    /// The caller disposes it.
    /// </summary>
    /// <param name="bank">At least one row; all values finite. Must outlive the search and must not change.</param>
    /// <param name="groups">The group of each row, 0 or more; empty if no group is ever excluded.</param>
    /// <param name="threads">Number of CPU threads; 0 for one per processor.</param>
    /// <exception cref="ArgumentException">
    /// The bank is empty or holds NaN or infinity, or the groups do not match it.
    /// </exception>
    /// <exception cref="SemiDefectException">
    /// The device was requested by name and is not available; the message says what to do.
    /// </exception>
    public abstract INearestNeighbors CreateSearch(FeatureMatrix bank, ReadOnlyMemory<int> groups, int threads);

    /// <summary>Releases the device; searches created by it must be disposed first.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Creates the filter that finds the rows near a pick; null to leave this to the CPU.</summary>
    internal virtual ICenterFilter? CreateCenterFilter(BlockIndex index) => null;

    /// <summary>Releases the device.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
