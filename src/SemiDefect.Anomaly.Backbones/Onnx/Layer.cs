namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>A tensor in a network under construction.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Channels">Its number of channels.</param>
/// <param name="Stride">Input pixels per grid cell.</param>
internal readonly record struct Layer(string Name, int Channels, int Stride);
