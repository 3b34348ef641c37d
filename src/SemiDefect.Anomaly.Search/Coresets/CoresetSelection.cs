namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>The rows that were picked. Immutable by convention, and so thread-safe.</summary>
/// <param name="Indices">
/// Row numbers in the order of picking, no row twice. Fewer than were asked for where the covering radius was reached
/// before; at radius 0 every further pick would repeat a vector.
/// </param>
/// <param name="CoveringRadius">
/// The largest Euclidean distance from any row to the pick nearest to it, in the space of the features given (also
/// where rows were picked by a projection).
/// </param>
public sealed record CoresetSelection(int[] Indices, double CoveringRadius);
