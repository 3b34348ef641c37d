namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>When a greedy selection ends. Immutable and thread-safe.</summary>
/// <param name="Count">The maximum number of picks, 1 or more.</param>
/// <param name="Radius">Stop once no row is farther than this from all picks; 0 or more.</param>
public readonly record struct GreedyLimits(int Count, double Radius);
