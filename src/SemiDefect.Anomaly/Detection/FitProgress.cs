namespace SemiDefect.Anomaly;

/// <summary>Where a fit stands.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Done">What is done of it.</param>
/// <param name="Total">What it takes.</param>
public readonly record struct FitProgress(FitStage Stage, int Done, int Total);
