using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>One type of defect against all good images. Immutable, and so thread-safe.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Images">Images of it.</param>
/// <param name="Found">How many of them are called abnormal.</param>
/// <param name="Ranking">Its images against the good ones.</param>
/// <param name="Pixel">Its pixels against those of the good images and its own good pixels; null without masks.</param>
public sealed record TypeResult(string Type, int Images, int Found, ImageMetrics Ranking, PixelMetrics? Pixel)
{
    /// <summary>The share of its images that are found.</summary>
    public double Recall => (double)Found / Images;
}
