namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>The bytes of a tensor, made when they are written and not before.</summary>
internal interface ITensorContent
{
    /// <summary>How many bytes <see cref="WriteTo"/> writes.</summary>
    long ByteLength { get; }

    /// <summary>Writes the values, little-endian, in row-major order.</summary>
    void WriteTo(Stream stream);
}
