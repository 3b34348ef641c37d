using SemiDefect.Anomaly.Evaluation.Rehearsals;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>One defect to plant. Immutable and thread-safe.</summary>
/// <param name="Image">The position of the picture among those held out.</param>
/// <param name="Kind">The kind of defect.</param>
/// <param name="Step">The position of the size among the sizes.</param>
/// <param name="Size">The extent in pixels.</param>
/// <param name="Contrast">The contrast, above 0 and up to 1.</param>
internal sealed record PlantedTrial(int Image, SyntheticDefectKind Kind, int Step, int Size, double Contrast);
