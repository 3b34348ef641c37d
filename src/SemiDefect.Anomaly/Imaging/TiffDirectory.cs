using System.Buffers.Binary;

namespace SemiDefect.Anomaly.Imaging;

/// <summary>Looks over the first directory of a TIFF or BigTIFF file before LibTiff takes memory for what it claims.</summary>
internal static class TiffDirectory
{
    // Bytes per value of the types 0 to 18 of TIFF 6.0 and BigTIFF; 0 where there is no such type.
    private static ReadOnlySpan<byte> TypeSizes => [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

    public static bool HasMagic(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) || bytes.StartsWith("II+\0"u8) || bytes.StartsWith("MM\0+"u8);

    /// <summary>Whether the directory and all values that it points at lie inside of the file.</summary>
    public static bool IsInside(ReadOnlySpan<byte> bytes)
    {
        bool littleEndian = bytes[0] == 'I';
        bool big = bytes[littleEndian ? 2 : 3] == '+';
        int countSize = big ? 8 : 2;
        int wordSize = big ? 8 : 4;
        int entrySize = 4 + 2 * wordSize;
        if (bytes.Length < (big ? 16 : 8))
        {
            return false;
        }

        ulong offset = Read(bytes[(big ? 8 : 4)..], wordSize, littleEndian);
        if (offset > (ulong)(bytes.Length - countSize))
        {
            return false;
        }

        ReadOnlySpan<byte> directory = bytes[(int)offset..];
        ulong count = Read(directory, countSize, littleEndian);
        if (count > (ulong)(directory.Length - countSize) / (ulong)entrySize)
        {
            return false;
        }

        for (int i = 0; i < (int)count; i++)
        {
            ReadOnlySpan<byte> entry = directory.Slice(countSize + i * entrySize, entrySize);
            int type = (int)Read(entry[2..], 2, littleEndian);
            ulong values = Read(entry[4..], wordSize, littleEndian);
            ulong size = type < TypeSizes.Length ? TypeSizes[type] : 0UL;
            if (values > (ulong)bytes.Length)
            {
                return false;
            }

            ulong start = values * size <= (ulong)wordSize ? 0 : Read(entry[(4 + wordSize)..], wordSize, littleEndian);
            if (start > (ulong)bytes.Length || values * size > (ulong)bytes.Length - start)
            {
                return false;
            }
        }

        return true;
    }

    private static ulong Read(ReadOnlySpan<byte> bytes, int size, bool littleEndian) => (size, littleEndian) switch
    {
        (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (2, false) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        (4, true) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (4, false) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        (_, true) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        (_, false) => BinaryPrimitives.ReadUInt64BigEndian(bytes),
    };
}
