namespace SemiDefect.Anomaly.Encoders;

/// <summary>A network output used as features.</summary>
/// <param name="Name">The name of the ONNX output.</param>
/// <param name="Channels">Its number of channels.</param>
/// <param name="Stride">Input pixels per grid cell.</param>
public sealed record BackboneTap(string Name, int Channels, int Stride);
