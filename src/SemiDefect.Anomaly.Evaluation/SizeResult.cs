using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>One size class of marked defects. Immutable, and so thread-safe.</summary>
/// <param name="Size">The class.</param>
/// <param name="Images">Abnormal images whose largest marked defect is of this class.</param>
/// <param name="Found">How many of them are called abnormal.</param>
/// <param name="Ranking">Those images against the good ones.</param>
/// <param name="Defects">Marked defects of this class in all images.</param>
/// <param name="DefectsShown">How many of them hold a pixel above the pixel threshold.</param>
/// <param name="Pixel">Their pixels against all good ones.</param>
public sealed record SizeResult(DefectSize Size, int Images, int Found, ImageMetrics Ranking, int Defects, int DefectsShown, PixelMetrics Pixel)
{
    /// <summary>The share of its images that are found; null without any.</summary>
    public double? Recall => Images == 0 ? null : (double)Found / Images;
}
