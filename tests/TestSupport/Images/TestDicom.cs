using System.Buffers.Binary;
using System.Text;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>Writes DICOM files of any claim, with a patient's name; explicit little-endian.</summary>
internal sealed class TestDicom
{
    public const string Patient = "Geheim^Paul";

    public string Syntax { get; init; } = "1.2.840.10008.1.2.1";

    public ushort Rows { get; init; } = 4;

    public ushort Columns { get; init; } = 6;

    public ushort BitsAllocated { get; init; } = 16;

    public ushort BitsStored { get; init; } = 12;

    public ushort? HighBit { get; init; }

    public string? Frames { get; init; }

    public string Photometric { get; init; } = "MONOCHROME2";

    public string? Slope { get; init; }

    public string? WindowCenter { get; init; }

    public string? WindowWidth { get; init; }

    /// <summary>Samples of 16 bits; 4 x 6 of them by default.</summary>
    public ushort[] Samples { get; init; } = new ushort[24];

    /// <summary>The length of the pixels that the file claims; null for the right one.</summary>
    public uint? PixelLength { get; init; }

    /// <summary>The table of offsets and the fragments, in place of samples.</summary>
    public byte[][]? Fragments { get; init; }

    /// <summary>Elements before the image.</summary>
    public byte[] Extra { get; init; } = [];

    public static byte[] Element(uint tag, string type, uint length, ReadOnlySpan<byte> value)
    {
        bool isLong = type is "OB" or "OW" or "SQ" or "UN" or "UT";
        byte[] bytes = new byte[(isLong ? 12 : 8) + value.Length];
        WriteTag(bytes, tag);
        Encoding.ASCII.GetBytes(type, bytes.AsSpan(4));
        if (isLong)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), length);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), (ushort)length);
        }

        value.CopyTo(bytes.AsSpan(isLong ? 12 : 8));
        return bytes;
    }

    public static byte[] Item(uint tag, uint length, ReadOnlySpan<byte> value)
    {
        byte[] bytes = new byte[8 + value.Length];
        WriteTag(bytes, tag);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), length);
        value.CopyTo(bytes.AsSpan(8));
        return bytes;
    }

    public byte[] Encode()
    {
        var file = new MemoryStream();
        file.Write(new byte[128]);
        file.Write("DICM"u8);
        file.Write(Text(0x0002_0010, "UI", Syntax));
        file.Write(Text(0x0010_0010, "PN", Patient));
        file.Write(Text(0x0010_0020, "LO", "SECRET-4711"));
        file.Write(Number(0x0028_0002, 1));
        file.Write(Text(0x0028_0004, "CS", Photometric));
        WriteOptional(file, 0x0028_0008, "IS", Frames);
        file.Write(Number(0x0028_0010, Rows));
        file.Write(Number(0x0028_0011, Columns));
        file.Write(Number(0x0028_0100, BitsAllocated));
        file.Write(Number(0x0028_0101, BitsStored));
        file.Write(Number(0x0028_0102, HighBit ?? (ushort)(BitsStored - 1)));
        file.Write(Number(0x0028_0103, 0));
        WriteOptional(file, 0x0028_1050, "DS", WindowCenter);
        WriteOptional(file, 0x0028_1051, "DS", WindowWidth);
        WriteOptional(file, 0x0028_1053, "DS", Slope);
        file.Write(Extra);
        if (Fragments is null)
        {
            byte[] pixels = new byte[2 * Samples.Length];
            Buffer.BlockCopy(Samples, 0, pixels, 0, pixels.Length);
            file.Write(Element(0x7FE0_0010, "OW", PixelLength ?? (uint)pixels.Length, pixels));
            return file.ToArray();
        }

        file.Write(Element(0x7FE0_0010, "OB", uint.MaxValue, []));
        foreach (byte[] fragment in Fragments)
        {
            file.Write(Item(0xFFFE_E000, (uint)fragment.Length, fragment));
        }

        file.Write(Item(0xFFFE_E0DD, 0, []));
        return file.ToArray();
    }

    private static void WriteOptional(Stream file, uint tag, string type, string? text)
    {
        if (text is not null)
        {
            file.Write(Text(tag, type, text));
        }
    }

    private static byte[] Text(uint tag, string type, string text)
    {
        string even = text.Length % 2 == 0 ? text : text + ' ';
        return Element(tag, type, (uint)even.Length, Encoding.ASCII.GetBytes(even));
    }

    private static byte[] Number(uint tag, ushort number)
    {
        byte[] value = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(value, number);
        return Element(tag, "US", 2, value);
    }

    private static void WriteTag(Span<byte> bytes, uint tag)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], (ushort)tag);
    }
}
