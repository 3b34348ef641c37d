using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>The results of one type of defect against all good images. Immutable and thread-safe.</summary>
/// <param name="Type">The name of the type.</param>
/// <param name="Images">The number of images of this type.</param>
/// <param name="Found">The number of these images that are called abnormal.</param>
/// <param name="Ranking">The metrics of these images against the good images.</param>
/// <param name="Pixel">The pixel metrics of these images and the good images; null without masks.</param>
public sealed record TypeResult(string Type, int Images, int Found, ImageMetrics Ranking, PixelMetrics? Pixel)
{
    /// <summary>The fraction of images that are called abnormal.</summary>
    public double Recall => (double)Found / Images;
}
