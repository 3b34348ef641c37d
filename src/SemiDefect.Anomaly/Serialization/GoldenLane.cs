namespace SemiDefect.Anomaly.Serialization;

/// <summary>What a lane sees of a golden image. Immutable and thread-safe.</summary>
/// <param name="Width">Pixels per row of the canvas.</param>
/// <param name="Height">Rows of the canvas.</param>
/// <param name="Patches">The vectors of the first view that has any, ascending, that are kept as features.</param>
internal sealed record GoldenLane(int Width, int Height, IReadOnlyList<int> Patches);
