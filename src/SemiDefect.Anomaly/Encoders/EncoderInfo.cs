namespace SemiDefect.Anomaly.Encoders;

/// <summary>The description of an encoder. Immutable and thread-safe.</summary>
/// <param name="Name">A display name; one line.</param>
/// <param name="Identity">
/// Identifies the encoder by the vectors that it computes: for a network, the SHA-256 of its file. A detector rejects
/// an encoder whose identity differs from that at the fit.
/// </param>
/// <param name="Input">The normalization of its input.</param>
public sealed record EncoderInfo(string Name, string Identity, BackboneInput Input);
