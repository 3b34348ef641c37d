namespace SemiDefect.Anomaly.Search.Benchmarking;

/// <summary>The result of <see cref="CoresetBenchmark"/>. Treat as immutable; then thread-safe.</summary>
/// <param name="Rows">Number of rows to pick from.</param>
/// <param name="Dimension">Number of columns.</param>
/// <param name="MedianSeconds">The median time of a selection; `median_s` in JSON.</param>
/// <param name="BestSeconds">The shortest time; `best_s`.</param>
/// <param name="Picks">Number of rows picked; `picks`.</param>
/// <param name="CoveringRadius">The largest distance of a row to its nearest pick; `covering_radius`.</param>
/// <param name="FirstIndices">The first ten picks, in order; `first_indices`.</param>
public sealed record CoresetTiming(
    int Rows,
    int Dimension,
    double MedianSeconds,
    double BestSeconds,
    int Picks,
    double CoveringRadius,
    int[] FirstIndices);
