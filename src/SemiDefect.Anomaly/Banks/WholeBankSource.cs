using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Search.Coresets;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// Selects every bank from all of its rows at once. Memory: a copy of the rows outside a fold. Owns nothing.
/// </summary>
internal sealed class WholeBankSource(TrainingFeatures features, FoldAssignment folds, CoresetOptions options)
    : IBankSource
{
    /// <inheritdoc/>
    public int? Pieces => null;

    /// <inheritdoc/>
    public SelectedBank SelectAll(IProgress<CoresetProgress>? progress, CancellationToken cancellationToken) =>
        features.SelectBank(options, [.. Enumerable.Range(0, features.Images.Count)], progress, cancellationToken);

    /// <inheritdoc/>
    public SelectedBank SelectWithout(
        int fold,
        IProgress<CoresetProgress>? progress,
        CancellationToken cancellationToken)
    {
        int[] others = folds.Others(fold);
        using TrainingFeatures rest = features.Subset(others);
        return rest.SelectBank(options, others, progress, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
