namespace SemiDefect.Anomaly.Backbones.Tests.Support;

/// <summary>A tensor of a state dict whose values are computed when they are written.</summary>
internal sealed record NamedTensor(string Name, int[] Shape, Func<float[]> Values)
{
    public int Count => Shape.Aggregate(1, (product, size) => product * size);
}
