using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>Values that are already in memory. Immutable and thread-safe.</summary>
internal sealed class TensorContent(ReadOnlyMemory<byte> bytes) : ITensorContent
{
    /// <inheritdoc/>
    public long ByteLength => bytes.Length;

    /// <summary>A copy of float32 values.</summary>
    public static TensorContent Of(ReadOnlySpan<float> values) => new(MemoryMarshal.AsBytes(values).ToArray());

    /// <inheritdoc/>
    public void WriteTo(Stream stream) => stream.Write(bytes.Span);
}
