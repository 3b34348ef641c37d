using SemiDefect.Anomaly.Imaging.Codecs;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>A die with something wrong.</summary>
/// <param name="Elements">Everything that is drawn, from the bottom up.</param>
/// <param name="Figure">The foreign figure, most of which must show; null for defects that may show in part.</param>
internal sealed record Defect(IReadOnlyList<Element> Elements, Shape? Figure);
