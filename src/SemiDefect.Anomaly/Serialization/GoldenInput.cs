namespace SemiDefect.Anomaly.Serialization;

/// <summary>A golden input with its sections. Immutable by convention, and so thread-safe.</summary>
/// <param name="Record">What the header says of it.</param>
/// <param name="Pixels">The input before normalization, [y][x][R, G, B].</param>
/// <param name="Features">Record.Patches.Count x columns values.</param>
/// <param name="PatchScores">The score of every patch, row by row.</param>
internal sealed record GoldenInput(GoldenRecord Record, byte[] Pixels, float[] Features, double[] PatchScores);
