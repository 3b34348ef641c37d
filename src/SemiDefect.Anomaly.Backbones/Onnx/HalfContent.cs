using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>
/// Float32 values that are written as float16, rounded to nearest even. As thread-safe as the values.
/// </summary>
internal sealed class HalfContent(string name, ITensorContent values) : ITensorContent
{
    /// <inheritdoc/>
    public long ByteLength => values.ByteLength / 2;

    /// <inheritdoc/>
    /// <exception cref="SemiDefectException">A value is beyond the range of float16.</exception>
    public void WriteTo(Stream stream)
    {
        // One tensor at a time; the largest of the supported architectures has 9.4 MB.
        using var buffer = new MemoryStream(checked((int)values.ByteLength));
        values.WriteTo(buffer);
        ReadOnlySpan<float> source = MemoryMarshal.Cast<byte, float>(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        var rounded = new Half[source.Length];
        TensorPrimitives.ConvertToHalf(source, rounded);
        if (rounded.Any(Half.IsInfinity))
        {
            throw new SemiDefectException(
                $"The weights '{name}' are too large for half precision: import without --half.");
        }

        stream.Write(MemoryMarshal.AsBytes<Half>(rounded));
    }
}
