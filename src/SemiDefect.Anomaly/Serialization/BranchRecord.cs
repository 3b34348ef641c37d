using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>How patches become scores. Immutable and thread-safe.</summary>
/// <param name="Lane">The number of the lane that the patches come from.</param>
/// <param name="Scoring">How distances become scores.</param>
/// <param name="Map">How maps are made.</param>
/// <param name="Bank">The memory bank.</param>
public sealed record BranchRecord(int Lane, ScoringOptions Scoring, AnomalyMapOptions Map, BankRecord Bank);
