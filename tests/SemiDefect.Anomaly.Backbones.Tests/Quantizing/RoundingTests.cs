using CsCheck;
using SemiDefect.Anomaly.Backbones.Quantizing;

namespace SemiDefect.Anomaly.Backbones.Tests.Quantizing;

public sealed class RoundingTests
{
    private static readonly Gen<float> Value = Gen.Float[-1e4f, 1e4f];

    [Fact]
    public void Zero_is_exact_and_values_in_range_are_within_half_a_step() => Value.Array[1, 50].Sample(values =>
    {
        ValueRange range = ValueRange.Of(values);
        QuantizedTensor tensor = range.Cover("t");
        foreach (float value in values)
        {
            double step = Math.Clamp(Math.Round((double)value / tensor.Scale) + tensor.ZeroPoint, 0, 255);
            Assert.InRange(Math.Abs(tensor.Scale * (step - tensor.ZeroPoint) - value), 0, tensor.Scale * 1.001);
        }

        Assert.True(range.Lowest < 0 || tensor.ZeroPoint == 0);
    });

    [Fact]
    public void Weights_are_within_half_a_step_and_sums_of_two_products_within_16_bits() =>
        Gen.Select(Value.Array[12], Value.Array[3], Gen.Float[1e-4f, 10]).Sample((weights, bias, inputScale) =>
        {
            var quantized = new QuantizedWeights(weights, 3, bias, inputScale);
            for (int i = 0; i < weights.Length; i++)
            {
                float step = quantized.Scales[i / 4];
                Assert.InRange(Math.Abs(quantized.Values[i] * (double)step - weights[i]), 0, step * 0.5001);
                Assert.InRange(2 * 255 * Math.Abs((int)quantized.Values[i]), 0, short.MaxValue);
            }

            for (int channel = 0; channel < 3; channel++)
            {
                double step = (double)inputScale * quantized.Scales[channel];
                Assert.InRange(Math.Abs(quantized.Bias[channel] * step - bias[channel]), 0, step * 0.5001);
            }
        });

    [Fact]
    public void A_large_bias_with_tiny_weights_fits()
    {
        var quantized = new QuantizedWeights([1e-12f, -1e-12f], 1, [3f], 0.01f);
        Assert.InRange(quantized.Bias[0], 1 << 29, (1 << 30) + (1 << 20));
        Assert.Equal(3, quantized.Bias[0] * 0.01 * quantized.Scales[0], 1e-5);
    }

    [Fact]
    public void Zeros_are_quantized_to_zeros()
    {
        Assert.Equal(new QuantizedTensor("t", 1, 0), ValueRange.Of([0f, 0f]).Cover("t"));
        var quantized = new QuantizedWeights([0f, 0f], 2, [0f, 0f], 1);
        Assert.Equal([0, 0], quantized.Values.ToArray());
        Assert.Equal([0, 0], quantized.Bias.ToArray());
    }

    [Fact]
    public void Non_finite_values_show_in_the_range() =>
        Assert.All([float.NaN, float.PositiveInfinity, float.NegativeInfinity], value =>
        {
            ValueRange range = ValueRange.Of([1, value, -1]).Union(default);
            Assert.False(float.IsFinite(range.Highest - range.Lowest));
        });
}
