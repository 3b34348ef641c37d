using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>The results of one size class of marked defects. Immutable and thread-safe.</summary>
/// <param name="Size">The size class.</param>
/// <param name="Images">The number of abnormal images whose largest marked defect is in this class.</param>
/// <param name="Found">The number of these images that are called abnormal.</param>
/// <param name="Ranking">The metrics of these images against the good images.</param>
/// <param name="Defects">The number of marked defects of this class in all images.</param>
/// <param name="DefectsShown">The number of these defects with a pixel above the pixel threshold.</param>
/// <param name="Pixel">The metrics of their pixels against all good pixels.</param>
public sealed record SizeResult(
    DefectSize Size,
    int Images,
    int Found,
    ImageMetrics Ranking,
    int Defects,
    int DefectsShown,
    PixelMetrics Pixel)
{
    /// <summary>The fraction of images that are called abnormal; null without images.</summary>
    public double? Recall => Images == 0 ? null : (double)Found / Images;
}
