namespace SemiDefect.Anomaly.Serialization;

/// <summary>A golden image with its sections. Immutable by convention, and so thread-safe.</summary>
/// <param name="Record">What the header says of it.</param>
/// <param name="Pixels">By lane: the canvas before normalization, [y][x][R, G, B].</param>
/// <param name="Features">By lane: the vectors kept, one after the other.</param>
/// <param name="PatchScores">The score of every patch: by branch, view and patch.</param>
internal sealed record GoldenInput(
    GoldenRecord Record, IReadOnlyList<byte[]> Pixels, IReadOnlyList<float[]> Features, double[] PatchScores);
