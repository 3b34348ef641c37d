namespace SemiDefect.Anomaly.Thresholds;

/// <summary>
/// The thresholds of a detector and what they were made of, so that others can be set later without a new fit.
/// Immutable by convention, and so thread-safe.
/// </summary>
public sealed record DetectorThresholds
{
    /// <summary>The rule asked for, and its rate.</summary>
    public required ThresholdOptions Options { get; init; }

    /// <summary>The image threshold: an image that scores strictly above it is abnormal.</summary>
    public required ThresholdEstimate Image { get; init; }

    /// <summary>The pixel threshold: pixels strictly above it form regions.</summary>
    public required ThresholdEstimate Pixel { get; init; }

    /// <summary>The out-of-fold image scores of the good images, in their order; empty with a fixed threshold and a single image.</summary>
    public required IReadOnlyList<double> ImageScores { get; init; }

    /// <summary>The highest value of each good image's out-of-fold anomaly map, in their order.</summary>
    public required IReadOnlyList<double> PixelPeaks { get; init; }
}
