namespace SemiDefect.Anomaly.Backbones.Quantizing;

/// <summary>
/// A tensor of unsigned 8-bit numbers q that represent <paramref name="Scale"/> (q - <paramref name="ZeroPoint"/>).
/// </summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Scale">The size of one step.</param>
/// <param name="ZeroPoint">The number that represents 0.</param>
internal readonly record struct QuantizedTensor(string Name, float Scale, byte ZeroPoint)
{
    /// <summary>The name of the constant that holds the scale.</summary>
    public string ScaleName => $"{Name}.scale";

    /// <summary>The name of the constant that holds the zero point.</summary>
    public string ZeroPointName => $"{Name}.zero";
}
