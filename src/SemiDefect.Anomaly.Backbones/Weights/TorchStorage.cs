namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>A sequence of values of which tensors in a .pth file are views.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Count">Their number.</param>
internal sealed record TorchStorage(string Key, ElementType Type, long Count);
