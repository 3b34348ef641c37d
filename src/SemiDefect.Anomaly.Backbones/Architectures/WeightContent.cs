using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using SemiDefect.Anomaly.Backbones.Onnx;
using SemiDefect.Anomaly.Backbones.Weights;

namespace SemiDefect.Anomaly.Backbones.Architectures;

/// <summary>
/// A tensor of a weights file as float32, each output channel multiplied by its own scale when there are scales. Read
/// when it is written, in blocks. Thread-safe while the file is open.
/// </summary>
internal sealed class WeightContent(WeightTensor tensor, float[]? scales) : ITensorContent
{
    private const int Block = 1 << 18;

    /// <inheritdoc/>
    public long ByteLength => tensor.Count * sizeof(float);

    /// <inheritdoc/>
    public void WriteTo(Stream stream)
    {
        WeightTensorReader reader = tensor.OpenReader();
        float[] buffer = ArrayPool<float>.Shared.Rent((int)Math.Min(Block, tensor.Count));
        try
        {
            for (long position = 0; position < tensor.Count;)
            {
                Span<float> values = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.Count - position));
                reader.Read(values);
                Scale(values, position);
                stream.Write(MemoryMarshal.AsBytes(values));
                position += values.Length;
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private void Scale(Span<float> values, long position)
    {
        if (scales is null)
        {
            return;
        }

        long row = tensor.Count / scales.Length;
        while (values.Length > 0)
        {
            int left = (int)Math.Min(row - position % row, values.Length);
            TensorPrimitives.Multiply(values[..left], scales[position / row], values[..left]);
            values = values[left..];
            position += left;
        }
    }
}
