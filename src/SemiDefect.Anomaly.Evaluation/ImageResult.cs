using SemiDefect.Anomaly.Evaluation.Layouts;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>The decision for one image and its label. Immutable and thread-safe.</summary>
public sealed record ImageResult
{
    /// <summary>The image and its label.</summary>
    public required LabeledImage Image { get; init; }

    /// <summary>The anomaly score.</summary>
    public required double Score { get; init; }

    /// <summary>The threshold in force.</summary>
    public required double Threshold { get; init; }

    /// <summary>The check threshold in force; null for two answers only.</summary>
    public double? CheckThreshold { get; init; }

    /// <summary>The conformal p-value; null if the detector has no calibration scores.</summary>
    public double? PValue { get; init; }

    /// <summary>The score minus the threshold.</summary>
    public double Margin => Score - Threshold;

    /// <summary>Whether the image is called abnormal: the score is strictly above the threshold.</summary>
    public bool IsCalledAbnormal => Decision == Decision.Abnormal;

    /// <summary>The decision.</summary>
    public Decision Decision => new DecisionRule(Threshold, CheckThreshold).Decide(Score);

    /// <summary>
    /// Whether the decision is correct, where an image to be checked counts as one that is not called abnormal.
    /// </summary>
    public bool IsRight => IsCalledAbnormal == Image.IsAbnormal;

    /// <summary>The number of regions above the pixel threshold.</summary>
    public required int Regions { get; init; }

    /// <summary>
    /// What the regions are called, the highest first; empty without regions, and if the detector was not taught names.
    /// </summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The marked defects; null without a mask.</summary>
    public IReadOnlyList<RegionOutcome>? Defects { get; init; }

    /// <summary>The highest-scoring patch and its nearest training patch.</summary>
    public required PatchMatch HighestPatch { get; init; }
}
