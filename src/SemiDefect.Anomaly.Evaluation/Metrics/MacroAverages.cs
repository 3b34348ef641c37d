namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// Means over things that count the same however many images they have: the types of defect, or the categories of a
/// collection. A mean is over the defined values; null where there is none. Immutable, and so thread-safe.
/// </summary>
/// <param name="ImageAuroc">Of the image AUROC.</param>
/// <param name="ImageAveragePrecision">Of the average precision.</param>
/// <param name="F1Max">Of the best F1.</param>
/// <param name="Recall">Of the recall at the threshold.</param>
/// <param name="PixelAuroc">Of the pixel AUROC.</param>
/// <param name="PixelAveragePrecision">Of the pixel average precision.</param>
/// <param name="Aupro">Of the AUPRO.</param>
public sealed record MacroAverages(
    double? ImageAuroc, double? ImageAveragePrecision, double? F1Max, double? Recall, double? PixelAuroc, double? PixelAveragePrecision, double? Aupro)
{
    /// <summary>Over types of defect.</summary>
    public static MacroAverages Of(IReadOnlyCollection<TypeResult> types) => new(
        Mean(types, type => type.Ranking.Auroc),
        Mean(types, type => type.Ranking.AveragePrecision),
        Mean(types, type => type.Ranking.F1Max),
        Mean(types, type => type.Recall),
        Mean(types, type => type.Pixel?.Auroc),
        Mean(types, type => type.Pixel?.AveragePrecision),
        Mean(types, type => type.Pixel?.Aupro));

    /// <summary>Over the categories of a collection.</summary>
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
