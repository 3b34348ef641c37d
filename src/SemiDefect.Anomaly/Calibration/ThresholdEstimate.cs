namespace SemiDefect.Anomaly.Calibration;

/// <summary>A threshold and the rule that gave it. Immutable and thread-safe.</summary>
/// <param name="Value">The threshold; a score strictly above it is abnormal.</param>
/// <param name="Method">The rule that was used: conformal, generalized-pareto, exponential-tail, quantile, fixed or
/// fold-maxima (in older files, seed).</param>
/// <param name="Note">One sentence for the user about a limitation of the threshold, or null.</param>
public sealed record ThresholdEstimate(double Value, string Method, string? Note);
