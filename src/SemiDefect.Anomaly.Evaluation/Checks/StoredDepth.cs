using System.Buffers.Binary;

namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>Detects the format and depth of a file from its first bytes. Stateless.</summary>
internal static class StoredDepth
{
    private const int BitsPerSampleTag = 258;

    /// <summary>bmp, jpeg, png, tiff or webp, detected from the content.</summary>
    public static string FormatOf(ReadOnlySpan<byte> content) =>
        content.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47]) ? "png"
        : content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]) ? "jpeg"
        : content.StartsWith("BM"u8) ? "bmp"
        : content.StartsWith("RIFF"u8) ? "webp"
        : "tiff";

    /// <summary>Bits per channel: from the header for PNG and TIFF, 8 for other formats.</summary>
    public static int Of(ReadOnlySpan<byte> content) => FormatOf(content) switch
    {
        "png" when content.Length > 25 => content[25] == 3 ? 8 : content[24],
        "tiff" => OfTiff(content),
        _ => 8,
    };

    private static int OfTiff(ReadOnlySpan<byte> content)
    {
        if (content.Length < 8)
        {
            return 8;
        }

        bool isLittle = content[0] == (byte)'I';
        long directory = ReadUInt32(content[4..], isLittle);
        if (directory + 2 > content.Length)
        {
            return 8;
        }

        int entries = ReadUInt16(content[(int)directory..], isLittle);
        for (int i = 0; i < entries; i++)
        {
            long entry = directory + 2 + 12L * i;
            if (entry + 12 > content.Length)
            {
                break;
            }

            ReadOnlySpan<byte> field = content.Slice((int)entry, 12);
            if (ReadUInt16(field, isLittle) == BitsPerSampleTag)
            {
                // One or two values are stored in the entry itself, more of them elsewhere.
                long place = ReadUInt32(field[4..], isLittle) <= 2 ? entry + 8 : ReadUInt32(field[8..], isLittle);
                return place + 2 <= content.Length ? ReadUInt16(content[(int)place..], isLittle) : 8;
            }
        }

        // The default of the format: bilevel.
        return 1;
    }

    private static int ReadUInt16(ReadOnlySpan<byte> bytes, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static long ReadUInt32(ReadOnlySpan<byte> bytes, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
