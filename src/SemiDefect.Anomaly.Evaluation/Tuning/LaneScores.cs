namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>What a lane makes of all images. Immutable by convention, and so thread-safe.</summary>
/// <param name="OutOfFold">One score per good image that it was fitted on.</param>
/// <param name="Clean">One score per good image held out.</param>
/// <param name="Planted">One score per planted defect.</param>
internal sealed record LaneScores(
    IReadOnlyList<double> OutOfFold,
    IReadOnlyList<double> Clean,
    IReadOnlyList<PlantedScore> Planted);
