namespace SemiDefect.Anomaly.Backbones.Quantizing;

/// <summary>
/// The weights of a convolution as 8-bit numbers with one scale per output channel. They stay within -64 to 64:
/// processors without VNNI add pairs of products in 16 bits, which then cannot overflow, so that all processors give
/// the same sums. Immutable and thread-safe.
/// </summary>
internal sealed class QuantizedWeights
{
    private const int Largest = 64;

    // Half of the 32-bit range is left for the products.
    private const double LargestBias = 1 << 30;

    private readonly sbyte[] _values;
    private readonly float[] _scales;
    private readonly int[]? _bias;

    /// <summary>Quantizes weights.</summary>
    /// <param name="weights">[channels, ...].</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="bias">One value per channel; null for none.</param>
    /// <param name="inputScale">The scale of the input that is multiplied by the weights.</param>
    public QuantizedWeights(ReadOnlySpan<float> weights, int channels, float[]? bias, float inputScale)
    {
        int length = weights.Length / channels;
        _values = new sbyte[weights.Length];
        _scales = new float[channels];
        _bias = bias is null ? null : new int[channels];
        for (int channel = 0; channel < channels; channel++)
        {
            ReadOnlySpan<float> part = weights.Slice(channel * length, length);
            float largest = 0;
            foreach (float weight in part)
            {
                largest = MathF.Max(largest, MathF.Abs(weight));
            }

            // A channel with tiny weights must leave room for its bias.
            float scale = MathF.Max(
                largest / Largest, bias is null ? 0 : (float)(Math.Abs(bias[channel]) / (inputScale * LargestBias)));
            _scales[channel] = scale = float.IsNormal(scale) ? scale : 1;
            for (int i = 0; i < length; i++)
            {
                _values[channel * length + i] = (sbyte)Math.Clamp(MathF.Round(part[i] / scale), -Largest, Largest);
            }

            if (_bias is not null)
            {
                _bias[channel] = (int)Math.Round(bias![channel] / ((double)inputScale * scale));
            }
        }
    }

    /// <summary>The 8-bit numbers, in the order of the weights.</summary>
    public ReadOnlySpan<sbyte> Values => _values;

    /// <summary>The size of one step, by channel.</summary>
    public ReadOnlySpan<float> Scales => _scales;

    /// <summary>The bias in steps of input scale times weight scale; empty for none.</summary>
    public ReadOnlySpan<int> Bias => _bias;
}
