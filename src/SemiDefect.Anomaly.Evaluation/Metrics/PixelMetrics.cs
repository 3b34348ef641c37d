namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// How well maps separate defective pixels from good ones, over all pixels of all images at once. Immutable and
/// thread-safe.
/// </summary>
/// <param name="Auroc">The area under the pixel ROC curve; null without defective or without good pixels.</param>
/// <param name="AveragePrecision">
/// The area under the precision-recall curve by steps; null without defective pixels.
/// </param>
/// <param name="Aupro">
/// The area under the per-region-overlap curve up to a false-positive rate of 0.3, divided by 0.3. The regions are the
/// 8-connected components of the masks, with equal weight regardless of their size. Null without regions or good
/// pixels.
/// </param>
/// <param name="Regions">The number of those regions.</param>
/// <param name="DefectPixels">The number of defective pixels.</param>
/// <param name="GoodPixels">The number of good pixels, including those of defective images.</param>
public sealed record PixelMetrics(
    double? Auroc,
    double? AveragePrecision,
    double? Aupro,
    int Regions,
    long DefectPixels,
    long GoodPixels);
