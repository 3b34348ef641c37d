using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>The verdict on one image beside the truth. Immutable, and so thread-safe.</summary>
public sealed record ImageResult
{
    /// <summary>The image and its truth.</summary>
    public required LabeledImage Image { get; init; }

    /// <summary>The anomaly score.</summary>
    public required double Score { get; init; }

    /// <summary>The threshold in force.</summary>
    public required double Threshold { get; init; }

    /// <summary>The conformal p-value; null where the detector has no calibration scores.</summary>
    public double? PValue { get; init; }

    /// <summary>Score less threshold.</summary>
    public double Margin => Score - Threshold;

    /// <summary>The verdict: the score is strictly above the threshold.</summary>
    public bool IsCalledAbnormal => Score > Threshold;

    /// <summary>Whether the verdict is right.</summary>
    public bool IsRight => IsCalledAbnormal == Image.IsAbnormal;

    /// <summary>How many regions of the map are above the pixel threshold.</summary>
    public required int Regions { get; init; }

    /// <summary>The marked defects; null where there is no mask.</summary>
    public IReadOnlyList<RegionOutcome>? Defects { get; init; }

    /// <summary>The highest patch and the training patch that it was compared with.</summary>
    public required PatchMatch HighestPatch { get; init; }
}
