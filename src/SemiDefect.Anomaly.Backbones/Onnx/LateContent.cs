using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>Values that are computed when they are written. Thread-safe if the computation is.</summary>
internal sealed class LateContent(int count, Func<float[]> compute) : ITensorContent
{
    /// <inheritdoc/>
    public long ByteLength => (long)count * sizeof(float);

    /// <inheritdoc/>
    public void WriteTo(Stream stream) => stream.Write(MemoryMarshal.AsBytes<float>(compute()));
}
