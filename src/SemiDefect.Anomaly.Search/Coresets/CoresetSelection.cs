namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>The selected rows. Treat as immutable; then thread-safe.</summary>
/// <param name="Indices">Row indices in the order of picking, without duplicates. Fewer than requested if the covering
/// radius was reached first; at radius 0, every further pick would repeat a vector.</param>
/// <param name="CoveringRadius">The largest Euclidean distance from any row to its nearest pick, in the original
/// feature space (also if rows were picked in a projection).</param>
public sealed record CoresetSelection(int[] Indices, double CoveringRadius);
