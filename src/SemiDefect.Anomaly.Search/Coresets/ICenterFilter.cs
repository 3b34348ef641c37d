using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>
/// Knows the limit of every row of a <see cref="Neighbors.BlockIndex"/>, and tells which rows' images lie within theirs of a pick's: those
/// that <see cref="GreedyWorker"/> would find, and perhaps others. Not thread-safe.
/// </summary>
internal interface ICenterFilter : IDisposable
{
    /// <summary>Sets all limits, by position.</summary>
    /// <returns>False where the device is lost; the CPU must do it from here on.</returns>
    bool TryReset(ReadOnlySpan<float> limits);

    /// <summary>Finds the rows that a pick may be nearer to than any pick before.</summary>
    /// <param name="pick">The pick's position.</param>
    /// <param name="extra">Added to every limit.</param>
    /// <param name="positions">The limits that were lowered since the last call: of which positions,</param>
    /// <param name="limits">and to what.</param>
    /// <param name="near">The positions found, in no particular order; overwritten by the next call.</param>
    /// <returns>False where the device is lost; the CPU must do it from here on.</returns>
    bool TryFindNear(int pick, float extra, ReadOnlySpan<int> positions, ReadOnlySpan<float> limits, out ReadOnlyMemory<int> near);
}
