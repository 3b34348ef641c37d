namespace SemiDefect.Anomaly.Tuning;

/// <summary>How many of the planted defects of one kind were found. Immutable and thread-safe.</summary>
/// <param name="Kind">The name of the kind.</param>
/// <param name="Share">The number found at their place, and the number planted.</param>
public sealed record TuningKindShare(string Kind, TuningShare Share);
