using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>How patches are scored. Immutable and thread-safe.</summary>
/// <param name="Lane">The index of the lane that provides the patches.</param>
/// <param name="Scoring">How distances are turned into scores.</param>
/// <param name="Map">How maps are computed.</param>
/// <param name="Bank">The memory bank.</param>
public sealed record BranchRecord(int Lane, ScoringOptions Scoring, AnomalyMapOptions Map, BankRecord Bank);
