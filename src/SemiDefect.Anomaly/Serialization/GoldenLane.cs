namespace SemiDefect.Anomaly.Serialization;

/// <summary>The input of a lane for a golden image. Immutable and thread-safe.</summary>
/// <param name="Width">The width of the canvas.</param>
/// <param name="Height">The height of the canvas.</param>
/// <param name="Patches">The indices, ascending, of the stored vectors in the first view that has any.</param>
internal sealed record GoldenLane(int Width, int Height, IReadOnlyList<int> Patches);
