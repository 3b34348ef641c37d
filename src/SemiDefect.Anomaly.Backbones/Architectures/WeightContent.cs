using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SemiDefect.Anomaly.Backbones.Onnx;
using SemiDefect.Anomaly.Backbones.Weights;

namespace SemiDefect.Anomaly.Backbones.Architectures;

/// <summary>
/// A tensor of a weights file as float32, with each output channel multiplied by its scale if there are scales. Read in
/// blocks while it is written, directly into the stream's buffer if it has one. Thread-safe while the file is open.
/// </summary>
internal sealed class WeightContent(WeightTensor tensor, Func<float[]>? scales) : ITensorContent
{
    private const int Block = 1 << 18;

    /// <inheritdoc/>
    public long ByteLength => tensor.Count * sizeof(float);

    /// <inheritdoc/>
    public void WriteTo(Stream stream)
    {
        float[]? factors = scales?.Invoke();
        if (stream is IBufferWriter<byte> target)
        {
            WriteInPlace(target, factors);
            return;
        }

        WeightTensorReader reader = tensor.OpenReader();
        float[] buffer = ArrayPool<float>.Shared.Rent((int)Math.Min(Block, tensor.Count));
        try
        {
            for (long position = 0; position < tensor.Count;)
            {
                Span<float> values = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.Count - position));
                Fill(reader, values, position, factors);
                stream.Write(MemoryMarshal.AsBytes(values));
                position += values.Length;
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private void WriteInPlace(IBufferWriter<byte> target, float[]? factors)
    {
        WeightTensorReader reader = tensor.OpenReader();
        for (long position = 0; position < tensor.Count;)
        {
            Span<float> room = MemoryMarshal.Cast<byte, float>(target.GetSpan(sizeof(float)));
            Span<float> values = room[..(int)Math.Min(room.Length, tensor.Count - position)];
            Fill(reader, values, position, factors);
            target.Advance(values.Length * sizeof(float));
            position += values.Length;
        }
    }

    private void Fill(WeightTensorReader reader, Span<float> values, long position, float[]? factors)
    {
        reader.Read(values);
        if (factors is null)
        {
            return;
        }

        long row = tensor.Count / factors.Length;
        while (values.Length > 0)
        {
            int left = (int)Math.Min(row - position % row, values.Length);
            Scale(values[..left], factors[position / row]);
            values = values[left..];
            position += left;
        }
    }

    // Optimized from the first call on: an import ends before the runtime would optimize it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale(Span<float> values, float scale)
    {
        ref float start = ref MemoryMarshal.GetReference(values);
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> factor = Vector256.Create(scale);
            for (; i <= values.Length - 16; i += 16)
            {
                (Vector256.LoadUnsafe(ref start, (nuint)i) * factor).StoreUnsafe(ref start, (nuint)i);
                (Vector256.LoadUnsafe(ref start, (nuint)i + 8) * factor).StoreUnsafe(ref start, (nuint)i + 8);
            }
        }

        for (; i < values.Length; i++)
        {
            values[i] *= scale;
        }
    }
}
