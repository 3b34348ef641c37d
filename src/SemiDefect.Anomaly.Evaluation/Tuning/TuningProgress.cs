namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>Where a tuning stands.</summary>
/// <param name="Stage">The step.</param>
/// <param name="Done">What is done of it.</param>
/// <param name="Total">What it takes.</param>
public readonly record struct TuningProgress(TuningStage Stage, int Done, int Total);
