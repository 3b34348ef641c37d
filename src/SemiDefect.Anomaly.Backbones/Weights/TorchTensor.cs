namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>A view of a storage as the pickle describes it, not checked yet.</summary>
/// <param name="Storage">What it is a view of.</param>
/// <param name="Offset">Its first element.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Strides">The distances of neighbors in elements.</param>
internal sealed record TorchTensor(TorchStorage Storage, long Offset, long[] Shape, long[] Strides);
