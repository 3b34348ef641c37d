using System.Buffers.Binary;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>The byte order and the sizes of the words of a TIFF or BigTIFF file. Immutable and thread-safe.</summary>
/// <param name="IsLittleEndian">Whether the lowest byte of a number comes first.</param>
/// <param name="IsBig">Whether offsets have 64 bits.</param>
internal readonly record struct TiffWords(bool IsLittleEndian, bool IsBig)
{
    /// <summary>The bytes of the number of entries of a directory.</summary>
    public int CountSize => IsBig ? 8 : 2;

    /// <summary>The bytes of an offset.</summary>
    public int WordSize => IsBig ? 8 : 4;

    /// <summary>The bytes of an entry of a directory: tag, type, count, and values or their offset.</summary>
    public int EntrySize => 4 + 2 * WordSize;

    /// <summary>The words of a file that begins with a TIFF signature.</summary>
    public static TiffWords Of(ReadOnlySpan<byte> bytes)
    {
        bool isLittleEndian = bytes[0] == 'I';
        return new TiffWords(isLittleEndian, bytes[isLittleEndian ? 2 : 3] == '+');
    }

    /// <summary>The number of entries at the start of a directory.</summary>
    public ulong Count(ReadOnlySpan<byte> bytes) => Number(bytes, CountSize);

    /// <summary>An offset.</summary>
    public ulong Word(ReadOnlySpan<byte> bytes) => Number(bytes, WordSize);

    /// <summary>A number of 1, 2, 4 or 8 bytes.</summary>
    public ulong Number(ReadOnlySpan<byte> bytes, int size) => (size, IsLittleEndian) switch
    {
        (1, _) => bytes[0],
        (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (2, false) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        (4, true) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (4, false) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        (_, true) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        (_, false) => BinaryPrimitives.ReadUInt64BigEndian(bytes),
    };
}
