namespace SemiDefect.Anomaly.Encoders;

/// <summary>How a network was quantized to 8 bits.</summary>
/// <param name="Images">The number of good images used to measure the ranges.</param>
/// <param name="RelativeErrors">The relative error of each tap: |q - f| / |f|, with norms over all values of these
/// images.</param>
public sealed record BackboneQuantization(int Images, IReadOnlyList<double> RelativeErrors);
