namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// How well maps separate defective from good pixels, over all pixels of all images at once. Immutable, and so
/// thread-safe.
/// </summary>
/// <param name="Auroc">The area under the ROC curve of the pixels; null without defective or without good pixels.</param>
/// <param name="AveragePrecision">The precision-recall area by steps; null without defective pixels.</param>
/// <param name="Aupro">
/// The area under the per-region-overlap curve up to a false-positive rate of 0.3, divided by 0.3; the regions are the
/// 8-connected components of the masks, each counting the same whatever its size. Null without regions or good pixels.
/// </param>
/// <param name="Regions">The number of those regions.</param>
/// <param name="DefectPixels">The number of defective pixels.</param>
/// <param name="GoodPixels">The number of good pixels, those of defective images included.</param>
public sealed record PixelMetrics(double? Auroc, double? AveragePrecision, double? Aupro, int Regions, long DefectPixels, long GoodPixels);
