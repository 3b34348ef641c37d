using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// A device other than the CPU that searches and coresets may use. It changes how long they take, never what they answer.
/// This assembly knows of none: whoever searches is given one, and does not own it. Thread-safe.
/// </summary>
public abstract class SearchAccelerator : IDisposable
{
    /// <summary>What people call the device.</summary>
    public abstract string Name { get; }

    /// <summary>A search over a bank, with the answers of <see cref="NearestNeighbors.Create"/>, bit for bit.</summary>
    /// <param name="bank">At least one row; all values finite. Must outlive the search and must not change.</param>
    /// <param name="groups">The group of each row, 0 or more; empty where nothing is ever excluded.</param>
    /// <param name="threads">Threads of the CPU to use; 0 for one per core.</param>
    /// <exception cref="ArgumentException">The bank is empty or holds NaN or infinity, or the groups do not fit it.</exception>
    /// <exception cref="SemiDefectException">The device was asked for by name and cannot serve; the message says what to do.</exception>
    public abstract INearestNeighbors CreateSearch(FeatureMatrix bank, ReadOnlyMemory<int> groups, int threads);

    /// <summary>Gives the device back; searches made by it must be disposed before.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>What a coreset asks which rows a pick may be nearest to; null to let the CPU do it.</summary>
    internal virtual ICenterFilter? CreateCenterFilter(BlockIndex index) => null;

    /// <summary>Gives the device back.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
