namespace SemiDefect.Anomaly.Encoders;

/// <summary>How a network came to compute with 8-bit numbers.</summary>
/// <param name="Images">How many good images its ranges were measured on.</param>
/// <param name="RelativeErrors">For each tap, how far its values are off: |q - f| / |f|, the lengths taken over all
/// values of these images.</param>
public sealed record BackboneQuantization(int Images, IReadOnlyList<double> RelativeErrors);
