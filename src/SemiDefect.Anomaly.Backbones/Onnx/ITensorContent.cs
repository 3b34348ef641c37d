namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>The bytes of a tensor, produced only when they are written.</summary>
internal interface ITensorContent
{
    /// <summary>The number of bytes that <see cref="WriteTo"/> writes.</summary>
    long ByteLength { get; }

    /// <summary>Writes the values, little-endian, in row-major order.</summary>
    void WriteTo(Stream stream);
}
