using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>What a tuning chose, and why. Immutable by convention, and so thread-safe.</summary>
/// <param name="Options">
/// The options to fit with: those given, with the networks and working sizes chosen, and with the record.
/// </param>
/// <param name="Record">What was tried, found and chosen.</param>
public sealed record TuningResult(FitOptions Options, TuningRecord Record);
