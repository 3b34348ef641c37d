using System.Buffers.Binary;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Checks the first directory of a TIFF or BigTIFF file before LibTiff allocates memory for what it claims: sizes
/// within the limits, values inside the file, and no more strips or tiles than the file has bytes. Stateless.
/// </summary>
internal static class TiffDirectory
{
    private const int ImageWidth = 256;
    private const int ImageLength = 257;
    private const int SamplesPerPixel = 277;
    private const int RowsPerStrip = 278;
    private const int TileWidth = 322;
    private const int TileLength = 323;

    // Bytes per value of the types 0 to 18 of TIFF 6.0 and BigTIFF; 0 for undefined types.
    private static ReadOnlySpan<byte> TypeSizes => [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

    public static bool HasMagic(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("II*\0"u8)
            || bytes.StartsWith("MM\0*"u8)
            || bytes.StartsWith("II+\0"u8)
            || bytes.StartsWith("MM\0+"u8);

    /// <summary>Rejects directories with impossible claims.</summary>
    /// <exception cref="ImageFormatException">The directory is damaged, or the image exceeds the limits.</exception>
    public static void Check(ReadOnlySpan<byte> bytes, string name, ImageLimits limits)
    {
        if (bytes.StartsWith("MM\0+"u8))
        {
            // LibTiff considers their header damaged.
            throw new ImageFormatException(
                $"'{name}' is a big-endian BigTIFF image, which is not supported; save it as TIFF or PNG.");
        }

        Dictionary<int, ulong> numbers = Read(bytes, name);
        if (!numbers.TryGetValue(ImageWidth, out ulong width) || !numbers.TryGetValue(ImageLength, out ulong height))
        {
            throw Damaged(name, "has no size");
        }

        limits.Check(name, (long)Math.Min(width, long.MaxValue), (long)Math.Min(height, long.MaxValue));
        ulong pieces = numbers.TryGetValue(TileWidth, out ulong tileWidth)
            && numbers.TryGetValue(TileLength, out ulong tileLength)
            ? Pieces(width, tileWidth) * Pieces(height, tileLength)
            : Pieces(height, numbers.GetValueOrDefault(RowsPerStrip, height));
        if (pieces * Math.Max(1, numbers.GetValueOrDefault(SamplesPerPixel, 1UL)) > (ulong)bytes.Length * 8)
        {
            throw Damaged(name, "has more pieces than bytes");
        }
    }

    /// <summary>The tags with a single number, after checking that all entries lie inside the file.</summary>
    private static Dictionary<int, ulong> Read(ReadOnlySpan<byte> bytes, string name)
    {
        bool littleEndian = bytes[0] == 'I';
        bool big = bytes[littleEndian ? 2 : 3] == '+';
        int countSize = big ? 8 : 2;
        int wordSize = big ? 8 : 4;
        int entrySize = 4 + 2 * wordSize;
        if (bytes.Length < (big ? 16 : 8))
        {
            throw Damaged(name, "ends too early");
        }

        ulong offset = Number(bytes[(big ? 8 : 4)..], wordSize, littleEndian);
        if (offset > (ulong)Math.Max(0, bytes.Length - countSize))
        {
            throw Damaged(name, "ends too early");
        }

        ReadOnlySpan<byte> directory = bytes[(int)offset..];
        ulong count = directory.Length < countSize ? ulong.MaxValue : Number(directory, countSize, littleEndian);
        if (count > (ulong)(directory.Length - countSize) / (ulong)entrySize)
        {
            throw Damaged(name, "ends too early");
        }

        var numbers = new Dictionary<int, ulong>();
        for (int i = 0; i < (int)count; i++)
        {
            ReadOnlySpan<byte> entry = directory.Slice(countSize + i * entrySize, entrySize);
            int tag = (int)Number(entry, 2, littleEndian);
            int type = (int)Number(entry[2..], 2, littleEndian);
            int size = type < TypeSizes.Length ? TypeSizes[type] : 0;
            ulong values = Number(entry[4..], wordSize, littleEndian);
            CheckValues(bytes, entry[(4 + wordSize)..], name, values, size, littleEndian);
            if (values == 1
                && (type is 1 or 3 or 4 or 16)
                && size <= wordSize
                && !numbers.TryAdd(tag, Number(entry[(4 + wordSize)..], size, littleEndian)))
            {
                throw Damaged(name, "has a tag twice");
            }
        }

        return numbers;
    }

    private static void CheckValues(
        ReadOnlySpan<byte> bytes,
        ReadOnlySpan<byte> word,
        string name,
        ulong values,
        int size,
        bool littleEndian)
    {
        ulong length = (ulong)bytes.Length;
        bool inside = values <= length;
        if (inside && values * (ulong)size > (ulong)word.Length)
        {
            ulong start = Number(word, word.Length, littleEndian);
            inside = start <= length && values * (ulong)size <= length - start;
        }

        if (!inside)
        {
            throw Damaged(name, "ends too early");
        }
    }

    // No size means one piece; LibTiff itself rejects impossible ones.
    private static ulong Pieces(ulong size, ulong step) => step == 0 ? 1 : (size - 1) / step + 1;

    private static ImageFormatException Damaged(string name, string what) =>
        new($"'{name}' is a damaged TIFF image: it {what}; export it again.");

    private static ulong Number(ReadOnlySpan<byte> bytes, int size, bool littleEndian) => (size, littleEndian) switch
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
