namespace SemiDefect.Anomaly.Calibration;

/// <summary>A threshold, and how it came about. Immutable, and so thread-safe.</summary>
/// <param name="Value">The threshold; a score strictly above it is abnormal.</param>
/// <param name="Method">The rule that was used in the end: conformal, generalized-pareto, exponential-tail, quantile,
/// fixed or fold-maxima (in older files, seed).</param>
/// <param name="Note">One sentence for the user where something is to be known about it, else null.</param>
public sealed record ThresholdEstimate(double Value, string Method, string? Note);
