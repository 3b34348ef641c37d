using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>
/// Builds one protobuf message (protobuf.dev, "Encoding"). Tensor contents and nested messages are kept by reference,
/// so that a model of any size can be written without holding it in memory. Not thread-safe.
/// </summary>
internal sealed class ProtoWriter
{
    private readonly List<object> _parts = [];
    private ArrayBufferWriter<byte> _buffer = new();
    private long _closedLength;

    /// <summary>The bytes written so far.</summary>
    public long Length => _closedLength + _buffer.WrittenCount;

    /// <summary>A number, Boolean or enumeration, as a varint.</summary>
    public void Int64(int field, long value)
    {
        WriteTag(field, ProtoField.Varint);
        WriteVarint((ulong)value);
    }

    /// <summary>A float32.</summary>
    public void Float(int field, float value)
    {
        WriteTag(field, ProtoField.Fixed32);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _buffer.Write(bytes);
    }

    /// <summary>A UTF-8 string.</summary>
    public void Text(int field, string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        WriteTag(field, ProtoField.LengthDelimited);
        WriteVarint((ulong)bytes.Length);
        _buffer.Write(bytes);
    }

    /// <summary>A nested message, which must be complete.</summary>
    public void Message(int field, ProtoWriter message)
    {
        WriteTag(field, ProtoField.LengthDelimited);
        WriteVarint((ulong)message.Length);
        message.CloseBuffer();
        Append(message, message.Length);
    }

    /// <summary>Bytes that are produced when the message is written.</summary>
    public void Content(int field, ITensorContent content)
    {
        WriteTag(field, ProtoField.LengthDelimited);
        WriteVarint((ulong)content.ByteLength);
        Append(content, content.ByteLength);
    }

    /// <summary>A field exactly as it was read, known or not.</summary>
    public void Raw(ProtoField field) => Append(field.Raw, field.Raw.Length);

    /// <summary>Writes the message.</summary>
    public void WriteTo(Stream stream)
    {
        CloseBuffer();
        foreach (object part in _parts)
        {
            switch (part)
            {
                case ProtoWriter message:
                    message.WriteTo(stream);
                    break;
                case ReadOnlyMemory<byte> raw:
                    stream.Write(raw.Span);
                    break;
                default:
                    ((ITensorContent)part).WriteTo(stream);
                    break;
            }
        }
    }

    private void Append(object part, long length)
    {
        CloseBuffer();
        _parts.Add(part);
        _closedLength += length;
    }

    private void CloseBuffer()
    {
        if (_buffer.WrittenCount > 0)
        {
            _parts.Add(_buffer.WrittenMemory);
            _closedLength += _buffer.WrittenCount;
            _buffer = new ArrayBufferWriter<byte>();
        }
    }

    private void WriteTag(int field, int wireType) => WriteVarint(((ulong)field << 3) | (uint)wireType);

    private void WriteVarint(ulong value)
    {
        Span<byte> bytes = stackalloc byte[10];
        int length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            bytes[length++] = (byte)(value | 0x80);
        }

        bytes[length++] = (byte)value;
        _buffer.Write(bytes[..length]);
    }
}
