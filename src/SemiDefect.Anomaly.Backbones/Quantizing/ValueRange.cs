namespace SemiDefect.Anomaly.Backbones.Quantizing;

/// <summary>The range of values of a tensor, extended to include 0.</summary>
/// <param name="Lowest">The lowest value, at most 0.</param>
/// <param name="Highest">The highest value, at least 0.</param>
internal readonly record struct ValueRange(float Lowest, float Highest)
{
    private const int Steps = byte.MaxValue;

    /// <summary>The range of the given values; both ends are NaN or infinite if any of the values is.</summary>
    public static ValueRange Of(ReadOnlySpan<float> values)
    {
        float lowest = 0;
        float highest = 0;
        foreach (float value in values)
        {
            // MathF.Min and MathF.Max propagate NaN; comparisons would not.
            lowest = MathF.Min(lowest, value);
            highest = MathF.Max(highest, value);
        }

        return new ValueRange(lowest, highest);
    }

    /// <summary>The range that covers both.</summary>
    public ValueRange Union(ValueRange other) =>
        new(MathF.Min(Lowest, other.Lowest), MathF.Max(Highest, other.Highest));

    /// <summary>The 8-bit tensor that covers the range, with 0 on one of its steps.</summary>
    public QuantizedTensor Cover(string name)
    {
        float scale = (Highest - Lowest) / Steps;
        return float.IsNormal(scale)
            ? new QuantizedTensor(name, scale, (byte)Math.Clamp(MathF.Round(-Lowest / scale), 0, Steps))
            : new QuantizedTensor(name, 1, 0);
    }
}
