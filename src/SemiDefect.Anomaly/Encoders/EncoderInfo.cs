namespace SemiDefect.Anomaly.Encoders;

/// <summary>What an encoder is. Immutable and thread-safe.</summary>
/// <param name="Name">What people call it; one line.</param>
/// <param name="Identity">
/// Tells it from every other encoder that could give other vectors: for a network, the SHA-256 of its file. A detector
/// refuses an encoder of another identity than the one it was fitted with.
/// </param>
/// <param name="Input">How the images that it takes are normalized.</param>
public sealed record EncoderInfo(string Name, string Identity, BackboneInput Input);
