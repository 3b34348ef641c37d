using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>What a threshold would find. Immutable by convention, and so thread-safe.</summary>
/// <param name="Rate">The false-alarm rate; null for a threshold that does not follow from a rate.</param>
/// <param name="Threshold">The image threshold for that rate.</param>
/// <param name="IsPresent">Whether it is the threshold that the detector has.</param>
/// <param name="Found">The planted defects found, at their place, at the threshold.</param>
/// <param name="BySize">The same by size, from the smallest to the largest.</param>
public sealed record ThresholdCost(
    double? Rate, double Threshold, bool IsPresent, TuningShare Found, IReadOnlyList<TuningShare> BySize);
