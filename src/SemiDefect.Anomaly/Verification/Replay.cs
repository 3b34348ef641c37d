using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Verification;

/// <summary>What a detector makes of one input. Immutable by convention, and so thread-safe.</summary>
/// <param name="Embedded">The patch embeddings.</param>
/// <param name="PatchScores">The score of every patch.</param>
/// <param name="Score">The image's score.</param>
/// <param name="Peak">The highest value of the map at the input's size.</param>
internal sealed record Replay(EmbeddedImage Embedded, double[] PatchScores, double Score, double Peak);
