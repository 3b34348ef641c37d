namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>What a lane makes of a planted defect. Immutable and thread-safe.</summary>
/// <param name="Score">The image's score.</param>
/// <param name="IsLocated">Whether the highest-scoring patch lies on the defect.</param>
internal readonly record struct PlantedScore(double Score, bool IsLocated);
