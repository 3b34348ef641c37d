namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>The progress of a coreset selection. Immutable and thread-safe.</summary>
/// <param name="Picks">Number of rows picked so far.</param>
/// <param name="Target">The maximum number of picks.</param>
/// <param name="Elapsed">Time since the start.</param>
/// <param name="Remaining">Estimated time to the target, based on the latest picks. Picks get cheaper as the covering
/// radius shrinks, so this is an overestimate. Null at the start.</param>
public readonly record struct CoresetProgress(int Picks, int Target, TimeSpan Elapsed, TimeSpan? Remaining);
