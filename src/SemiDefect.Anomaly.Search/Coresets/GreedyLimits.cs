namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>When a greedy selection ends.</summary>
/// <param name="Count">The most picks, 1 or more.</param>
/// <param name="Radius">It ends once no row is farther than this from all picks, 0 or more.</param>
public readonly record struct GreedyLimits(int Count, double Radius);
