namespace SemiDefect.Anomaly;

/// <summary>The progress of a fit.</summary>
/// <param name="Stage">The current stage.</param>
/// <param name="Done">The completed part of the stage.</param>
/// <param name="Total">The total of the stage.</param>
public readonly record struct FitProgress(FitStage Stage, int Done, int Total);
