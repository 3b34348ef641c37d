namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// Means over items with equal weight, regardless of their number of images: the types of defect, or the categories of
/// a collection. Undefined values are left out; a mean is null if there are no others. Immutable and thread-safe.
/// </summary>
/// <param name="ImageAuroc">The mean image AUROC.</param>
/// <param name="ImageAveragePrecision">The mean average precision.</param>
/// <param name="F1Max">The mean best F1.</param>
/// <param name="Recall">The mean recall at the threshold.</param>
/// <param name="PixelAuroc">The mean pixel AUROC.</param>
/// <param name="PixelAveragePrecision">The mean pixel average precision.</param>
/// <param name="Aupro">The mean AUPRO.</param>
public sealed record MacroAverages(
    double? ImageAuroc,
    double? ImageAveragePrecision,
    double? F1Max,
    double? Recall,
    double? PixelAuroc,
    double? PixelAveragePrecision,
    double? Aupro)
{
    /// <summary>The means over types of defect.</summary>
    public static MacroAverages Of(IReadOnlyCollection<TypeResult> types) => new(
        Mean(types, type => type.Ranking.Auroc),
        Mean(types, type => type.Ranking.AveragePrecision),
        Mean(types, type => type.Ranking.F1Max),
        Mean(types, type => type.Recall),
        Mean(types, type => type.Pixel?.Auroc),
        Mean(types, type => type.Pixel?.AveragePrecision),
        Mean(types, type => type.Pixel?.Aupro));

    /// <summary>The means over the categories of a collection.</summary>
    public static MacroAverages Of(IReadOnlyCollection<EvaluationResult> categories) => new(
        Mean(categories, result => result.Ranking.Auroc),
        Mean(categories, result => result.Ranking.AveragePrecision),
        Mean(categories, result => result.Ranking.F1Max),
        Mean(categories, result => result.AtThreshold.Recall),
        Mean(categories, result => result.Pixel?.Overall.Auroc),
        Mean(categories, result => result.Pixel?.Overall.AveragePrecision),
        Mean(categories, result => result.Pixel?.Overall.Aupro));

    private static double? Mean<T>(IReadOnlyCollection<T> items, Func<T, double?> value)
    {
        double sum = 0;
        int count = 0;
        foreach (T item in items)
        {
            if (value(item) is double defined)
            {
                sum += defined;
                count++;
            }
        }

        return count == 0 ? null : sum / count;
    }
}
