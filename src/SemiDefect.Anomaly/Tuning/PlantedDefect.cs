namespace SemiDefect.Anomaly.Tuning;

/// <summary>
/// A defect planted in a good image, and what the detector makes of it without anything from the image's fold.
/// Immutable and thread-safe.
/// </summary>
/// <param name="Image">The position of the good image.</param>
/// <param name="Kind">The name of the kind of defect.</param>
/// <param name="Step">The position of the size among all sizes that were planted.</param>
/// <param name="Size">The extent in pixels.</param>
/// <param name="Score">The image score, out of fold.</param>
/// <param name="IsLocated">Whether the highest-scoring patch lies on the defect.</param>
public sealed record PlantedDefect(int Image, string Kind, int Step, int Size, double Score, bool IsLocated);
