namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>The least that is found of one kind: with at least nine in ten found there and at all that is larger or stronger.</summary>
/// <param name="Kind">What was planted.</param>
/// <param name="SmallestSize">The smallest size found at the highest contrast; null where not even the largest is.</param>
/// <param name="LowestContrast">The lowest contrast found at the largest size; null where not even the highest is.</param>
public sealed record RehearsalLimit(SyntheticDefectKind Kind, int? SmallestSize, double? LowestContrast);
