using SemiDefect.Anomaly.Search.Coresets;

namespace SemiDefect.Anomaly.Banks;

/// <summary>Selects the memory banks of a fit. Not thread-safe.</summary>
internal interface IBankSource : IDisposable
{
    /// <summary>
    /// The number of pieces in which the rows are reduced, or null if all rows are processed at once.
    /// </summary>
    int? Pieces { get; }

    /// <summary>Selects the bank of all images.</summary>
    SelectedBank SelectAll(IProgress<CoresetProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Selects the bank of all images except those of a fold.</summary>
    SelectedBank SelectWithout(int fold, IProgress<CoresetProgress>? progress, CancellationToken cancellationToken);
}

/// <summary>A memory bank and its covering radius.</summary>
/// <param name="Bank">The bank; the receiver disposes of it.</param>
/// <param name="CoveringRadius">The largest Euclidean distance of any row to its nearest row in the bank.</param>
internal sealed record SelectedBank(MemoryBank Bank, double CoveringRadius);
