namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>The results for one kind, size and contrast of defects.</summary>
/// <param name="Kind">The kind of defect.</param>
/// <param name="Size">The extent in pixels.</param>
/// <param name="Contrast">The contrast.</param>
/// <param name="Trials">The number of images with this defect; images that are too small are skipped.</param>
/// <param name="Found">The number of these images that are called abnormal.</param>
/// <param name="Located">The number of these whose highest-scoring patch is within one patch of the defect.</param>
public sealed record RehearsalCell(
    SyntheticDefectKind Kind,
    int Size,
    double Contrast,
    int Trials,
    int Found,
    int Located)
{
    /// <summary>The fraction found; null without trials.</summary>
    public double? Rate => Trials == 0 ? null : (double)Found / Trials;
}
