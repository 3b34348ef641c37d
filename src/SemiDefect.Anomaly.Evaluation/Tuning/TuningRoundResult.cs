using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>What a round of a tuning showed. Immutable by convention, and so thread-safe.</summary>
/// <param name="Candidates">One per combination; what was dropped at half time is counted up to there.</param>
/// <param name="Chosen">The position of what was chosen.</param>
/// <param name="Scores">The scores of all lanes, those known before first; of dropped ones up to half time.</param>
/// <param name="Inspections">How many pictures each further lane inspected.</param>
internal sealed record TuningRoundResult(
    IReadOnlyList<TuningCandidate> Candidates,
    int Chosen,
    IReadOnlyList<LaneScores> Scores,
    IReadOnlyList<int> Inspections);
