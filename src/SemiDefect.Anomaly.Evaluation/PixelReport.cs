using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>The pixel metrics of a data set. Immutable, and so thread-safe.</summary>
/// <param name="Overall">Over all images.</param>
/// <param name="AurocInterval">A 95 % bootstrap interval over images.</param>
/// <param name="AuproInterval">A 95 % bootstrap interval over images.</param>
/// <param name="PerGroup">For each group with defects: its images together with those that have none.</param>
/// <param name="PerSize">For each size class: its regions against all good pixels; the pixels of other regions left out.</param>
public sealed record PixelReport(
    PixelMetrics Overall,
    Interval? AurocInterval,
    Interval? AuproInterval,
    IReadOnlyDictionary<string, PixelMetrics> PerGroup,
    IReadOnlyDictionary<DefectSize, PixelMetrics> PerSize);
