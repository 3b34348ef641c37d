using System.Buffers.Binary;
using System.Text;

namespace SemiDefect.Anomaly.Imaging.Codecs.Dicom;

/// <summary>
/// Writes DICOM files that hold nothing but an image: no patient, no study, no dates, no private elements. They are
/// read as the original is. Stateless.
/// </summary>
internal static class DicomCopy
{
    private const uint Undefined = uint.MaxValue;
    private const uint FrameValues = 0x0028_9145;

    /// <summary>A copy of a file with its image only.</summary>
    /// <exception cref="ImageFormatException">The file is damaged or of another kind.</exception>
    public static byte[] Of(ReadOnlySpan<byte> bytes, string name)
    {
        DicomElements elements = new DicomReader(bytes, name).Read();
        bool isImplicit = elements.Syntax == DicomSyntax.Implicit;
        using var copy = new MemoryStream(bytes.Length);
        WriteStart(copy, elements.Syntax);
        foreach ((uint tag, (int start, int length)) in elements.Values.OrderBy(pair => pair.Key))
        {
            WriteHeader(copy, tag, TypeOf(tag), (uint)length, isImplicit);
            copy.Write(bytes.Slice(start, length));
        }

        if (elements.HasModalityTable)
        {
            WriteSequence(copy, DicomTags.ModalityTable, isImplicit, () => { });
        }

        if (elements.HasNestedValues)
        {
            // That frames have values of their own is kept, so that the copy is refused where the original is.
            WriteSequence(copy, DicomTags.SharedGroups, isImplicit, () =>
                WriteHeader(copy, FrameValues, "SQ", 0, isImplicit));
        }

        if (elements.Fragments.Count == 0)
        {
            WriteHeader(copy, DicomTags.Pixels, "OW", (uint)elements.Pixels.Length, isImplicit);
            copy.Write(bytes.Slice(elements.Pixels.Start, elements.Pixels.Length));
            return copy.ToArray();
        }

        WriteHeader(copy, DicomTags.Pixels, "OB", Undefined, isImplicit);
        foreach ((int start, int length) in elements.Fragments)
        {
            WriteItem(copy, DicomTags.Item, (uint)length);
            copy.Write(bytes.Slice(start, length));
        }

        WriteItem(copy, DicomTags.SequenceEnd, 0);
        return copy.ToArray();
    }

    /// <summary>Writes the preamble, the magic and the transfer syntax.</summary>
    public static void WriteStart(Stream stream, string syntax)
    {
        string even = syntax.Length % 2 == 0 ? syntax : syntax + '\0';
        stream.Write(new byte[DicomReader.MagicAt]);
        stream.Write("DICM"u8);
        WriteHeader(stream, 0x0002_0000, "UL", 4, isImplicit: false);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, 8 + even.Length);
        stream.Write(length);
        WriteHeader(stream, DicomTags.TransferSyntax, "UI", (uint)even.Length, isImplicit: false);
        stream.Write(Encoding.ASCII.GetBytes(even));
    }

    /// <summary>Writes the header of an element.</summary>
    public static void WriteHeader(Stream stream, uint tag, string type, uint length, bool isImplicit)
    {
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)tag);
        if (isImplicit)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], length);
            stream.Write(header[..8]);
            return;
        }

        Encoding.ASCII.GetBytes(type, header[4..]);
        bool isLong = type is "OB" or "OW" or "SQ";
        if (isLong)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header[8..], length);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)length);
        }

        stream.Write(header[..(isLong ? 12 : 8)]);
    }

    private static void WriteSequence(Stream stream, uint tag, bool isImplicit, Action writeItem)
    {
        WriteHeader(stream, tag, "SQ", Undefined, isImplicit);
        WriteItem(stream, DicomTags.Item, Undefined);
        writeItem();
        WriteItem(stream, DicomTags.ItemEnd, 0);
        WriteItem(stream, DicomTags.SequenceEnd, 0);
    }

    private static void WriteItem(Stream stream, uint tag, uint length) =>
        WriteHeader(stream, tag, string.Empty, length, isImplicit: true);

    private static string TypeOf(uint tag) => tag switch
    {
        DicomTags.Photometric or DicomTags.WindowFunction => "CS",
        DicomTags.NumberOfFrames => "IS",
        DicomTags.WindowCenter or DicomTags.WindowWidth or DicomTags.RescaleIntercept or DicomTags.RescaleSlope => "DS",
        _ => "US",
    };
}
