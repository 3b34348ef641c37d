using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>The results of an evaluation. Immutable and thread-safe.</summary>
public sealed record EvaluationResult
{
    /// <summary>The data set's name.</summary>
    public required string Name { get; init; }

    /// <summary>The results of all images, in the order of the data set.</summary>
    public required IReadOnlyList<ImageResult> Images { get; init; }

    /// <summary>Images that could not be read, with the reason. They are excluded from all metrics.</summary>
    public required IReadOnlyList<(string Path, string Reason)> Unreadable { get; init; }

    /// <summary>The image threshold, set without labels.</summary>
    public required ThresholdEstimate Threshold { get; init; }

    /// <summary>The check threshold, set without labels; null for two answers only.</summary>
    public ThresholdEstimate? Check { get; init; }

    /// <summary>
    /// The abnormal images to be checked: not called abnormal, but above the check threshold. They count as escapes in
    /// <see cref="AtThreshold"/>.
    /// </summary>
    public int DefectsToCheck => Images.Count(image => image is { Decision: Decision.Check, Image.IsAbnormal: true });

    /// <summary>
    /// The good images to be checked. They count as called normal in <see cref="AtThreshold"/>.
    /// </summary>
    public int GoodToCheck => Images.Count(image => image is { Decision: Decision.Check, Image.IsAbnormal: false });

    /// <summary>The pixel threshold, set without labels.</summary>
    public required ThresholdEstimate PixelThreshold { get; init; }

    /// <summary>How well scores separate abnormal from good images, independent of the threshold.</summary>
    public required ImageMetrics Ranking { get; init; }

    /// <summary>The confusion matrix at the threshold.</summary>
    public required Confusion AtThreshold { get; init; }

    /// <summary>The 95 % confidence intervals of the image metrics.</summary>
    public required BootstrapIntervals Intervals { get; init; }

    /// <summary>The pixel metrics; null if no abnormal image has a mask.</summary>
    public PixelReport? Pixel { get; init; }

    /// <summary>The results per type of defect, in ordinal order.</summary>
    public required IReadOnlyList<TypeResult> PerType { get; init; }

    /// <summary>The results per size class, small to large; empty if no abnormal image has a mask.</summary>
    public required IReadOnlyList<SizeResult> PerSize { get; init; }

    /// <summary>
    /// How well defects are named; null if the detector was not taught names, or no defect has a type.
    /// </summary>
    public NamingReport? Naming { get; init; }

    /// <summary>Means over the types of defect, which weight rare types equally.</summary>
    public required MacroAverages Macro { get; init; }

    /// <summary>Notes for the reader, one sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The measured time for inspecting the images, including decoding, in seconds.</summary>
    public required double InspectionSeconds { get; init; }
}
