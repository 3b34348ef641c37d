using SemiDefect.Anomaly.Search.Coresets;

namespace SemiDefect.Anomaly.Banks;

/// <summary>Where a fit's memory banks come from. Not thread-safe.</summary>
internal interface IBankSource : IDisposable
{
    /// <summary>How many pieces the rows are reduced in, or null where they are picked from all at once.</summary>
    int? Pieces { get; }

    /// <summary>Picks the bank of all images.</summary>
    SelectedBank SelectAll(IProgress<CoresetProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Picks the bank of all images but a fold's.</summary>
    SelectedBank SelectWithout(int fold, IProgress<CoresetProgress>? progress, CancellationToken cancellationToken);
}
