using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>
/// Tracks the limit of every row of a <see cref="BlockIndex"/> and reports the rows whose codes lie within their limits
/// of a pick's code: those that <see cref="GreedyWorker"/> would find, and possibly others. Not thread-safe.
/// </summary>
internal interface ICenterFilter : IDisposable
{
    /// <summary>Sets all limits, by position.</summary>
    /// <returns>False if the device is lost; from then on the CPU must do the work.</returns>
    bool TryReset(ReadOnlySpan<float> limits);

    /// <summary>Finds the rows that may be nearer to a pick than to any earlier pick.</summary>
    /// <param name="pick">The pick's position.</param>
    /// <param name="extra">Added to every limit.</param>
    /// <param name="positions">The positions whose limits were lowered since the last call.</param>
    /// <param name="limits">The new limits of these positions.</param>
    /// <param name="near">The positions found, in no particular order; overwritten by the next call.</param>
    /// <returns>False if the device is lost; from then on the CPU must do the work.</returns>
    bool TryFindNear(
        int pick,
        float extra,
        ReadOnlySpan<int> positions,
        ReadOnlySpan<float> limits,
        out ReadOnlyMemory<int> near);
}
