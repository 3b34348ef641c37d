using System.Buffers.Binary;
using System.Text;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>One unmodified field of a protobuf message.</summary>
/// <param name="Number">The field number.</param>
/// <param name="WireType">Its encoding.</param>
/// <param name="Value">The number, for the varint and fixed encodings.</param>
/// <param name="Content">The bytes, for the length-delimited encoding.</param>
/// <param name="Raw">The whole field with its tag.</param>
internal readonly record struct ProtoField(
    int Number,
    int WireType,
    ulong Value,
    ReadOnlyMemory<byte> Content,
    ReadOnlyMemory<byte> Raw)
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int LengthDelimited = 2;
    public const int Fixed32 = 5;

    /// <summary>The content as UTF-8 text.</summary>
    public string Text => Encoding.UTF8.GetString(Content.Span);

    /// <summary>Enumerates the fields of a message without copying.</summary>
    /// <exception cref="BackboneException">The bytes are not a protobuf message.</exception>
    public static IEnumerable<ProtoField> Read(ReadOnlyMemory<byte> message)
    {
        int position = 0;
        while (position < message.Length)
        {
            int start = position;
            ulong tag = ReadVarint(message.Span, ref position);
            int number = tag >> 3 is > 0 and < 1 << 29 ? (int)(tag >> 3) : throw Damaged();
            int wireType = (int)(tag & 7);
            ulong value = 0;
            ReadOnlyMemory<byte> content = default;
            switch (wireType)
            {
                case Varint:
                    value = ReadVarint(message.Span, ref position);
                    break;
                case Fixed64:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(Take(message, ref position, sizeof(ulong)).Span);
                    break;
                case Fixed32:
                    value = BinaryPrimitives.ReadUInt32LittleEndian(Take(message, ref position, sizeof(uint)).Span);
                    break;
                case LengthDelimited:
                    content = Take(message, ref position, ReadVarint(message.Span, ref position));
                    break;
                default:
                    throw Damaged();
            }

            yield return new ProtoField(number, wireType, value, content, message[start..position]);
        }
    }

    /// <summary>The values of a repeated varint field, packed or not.</summary>
    public IEnumerable<long> Numbers()
    {
        if (WireType == Varint)
        {
            yield return (long)Value;
            yield break;
        }

        for (int position = 0; position < Content.Length;)
        {
            yield return (long)ReadVarint(Content.Span, ref position);
        }
    }

    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> message, ref int position, ulong length)
    {
        if (length > (ulong)(message.Length - position))
        {
            throw Damaged();
        }

        ReadOnlyMemory<byte> content = message.Slice(position, (int)length);
        position += (int)length;
        return content;
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int position)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (position >= bytes.Length)
            {
                throw Damaged();
            }

            byte next = bytes[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Damaged();
    }

    private static BackboneException Damaged() =>
        new("The file is damaged or not an ONNX network: give a complete .onnx file.");
}
