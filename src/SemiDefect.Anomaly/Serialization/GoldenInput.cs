namespace SemiDefect.Anomaly.Serialization;

/// <summary>A golden image with its sections. Treat as immutable; then thread-safe.</summary>
/// <param name="Record">Its entry in the header.</param>
/// <param name="Pixels">The canvas of each lane before normalization, [y][x][R, G, B].</param>
/// <param name="Features">The stored vectors of each lane, consecutively.</param>
/// <param name="PatchScores">The score of every patch, by branch, view and patch.</param>
internal sealed record GoldenInput(
    GoldenRecord Record, IReadOnlyList<byte[]> Pixels, IReadOnlyList<float[]> Features, double[] PatchScores);
