namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>A die with a defect. Immutable and thread-safe.</summary>
/// <param name="Elements">All elements, bottom to top.</param>
/// <param name="Figure">
/// The foreign figure, most of which must be visible; null for defects that may be partly visible.
/// </param>
internal sealed record Defect(IReadOnlyList<Element> Elements, Shape? Figure);
