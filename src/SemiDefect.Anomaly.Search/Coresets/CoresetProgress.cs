namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>Where a coreset selection stands.</summary>
/// <param name="Picks">Rows picked so far.</param>
/// <param name="Target">The most rows that will be picked.</param>
/// <param name="Elapsed">Time since the selection began.</param>
/// <param name="Remaining">
/// Time left to the target, reckoned from the latest picks: picks get cheaper as the covering radius shrinks, so this
/// errs on the long side. Null at the start.
/// </param>
public readonly record struct CoresetProgress(int Picks, int Target, TimeSpan Elapsed, TimeSpan? Remaining);
