namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>
/// The detection limits of one kind: at least 90 % are found at the limit and at all larger sizes or higher contrasts.
/// </summary>
/// <param name="Kind">The kind of defect.</param>
/// <param name="SmallestSize">The smallest size found at the highest contrast; null if no size is found.</param>
/// <param name="LowestContrast">The lowest contrast found at the largest size; null if no contrast is found.</param>
public sealed record RehearsalLimit(SyntheticDefectKind Kind, int? SmallestSize, double? LowestContrast);
