using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>The pixel metrics of a data set. Immutable and thread-safe.</summary>
/// <param name="Overall">The metrics of all images.</param>
/// <param name="AurocInterval">The 95 % bootstrap interval of the AUROC over images.</param>
/// <param name="AuproInterval">The 95 % bootstrap interval of the AUPRO over images.</param>
/// <param name="PerGroup">The metrics of each group with defects, together with the images without defects.</param>
/// <param name="PerSize">The metrics of each size class, from its regions and all good pixels.</param>
public sealed record PixelReport(
    PixelMetrics Overall,
    Interval? AurocInterval,
    Interval? AuproInterval,
    IReadOnlyDictionary<string, PixelMetrics> PerGroup,
    IReadOnlyDictionary<DefectSize, PixelMetrics> PerSize);
