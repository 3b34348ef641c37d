namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>What a false-alarm rate would buy. Immutable by convention, and so thread-safe.</summary>
/// <param name="Rate">The false-alarm rate.</param>
/// <param name="Found">The planted defects found, at their place, at the threshold for that rate.</param>
/// <param name="BySize">The same by size, from the smallest to the largest.</param>
public sealed record TuningRate(double Rate, TuningShare Found, IReadOnlyList<TuningShare> BySize);
