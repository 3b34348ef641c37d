namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>A run of numbers that tensors of a .pth file are views of.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Count">Their number.</param>
internal sealed record TorchStorage(string Key, ElementType Type, long Count);
