using System.Buffers.Binary;

namespace SemiDefect.Anomaly.Imaging.Codecs.Dicom;

/// <summary>Finds and expands the samples of a frame. Stateless.</summary>
internal static class DicomFrames
{
    /// <summary>
    /// The samples of a frame as they are stored without compression: little-endian, 8 or 16 bits, interleaved or in
    /// planes as the header says.
    /// </summary>
    /// <exception cref="ImageFormatException">There is no such frame, or it is damaged.</exception>
    public static ReadOnlyMemory<byte> Read(ReadOnlyMemory<byte> bytes, DicomHeader header, int frame)
    {
        if (frame >= header.Frames)
        {
            throw new ImageFormatException(
                $"'{header.Name}' has {header.Frames} page{(header.Frames == 1 ? "" : "s")}; page {frame + 1} was "
                    + "asked for.");
        }

        int length = checked((int)header.FrameBytes);
        DicomElements elements = header.Elements;
        if (!DicomSyntax.IsEncapsulated(elements.Syntax))
        {
            return bytes.Slice(checked((int)(elements.Pixels.Start + (long)frame * length)), length);
        }

        List<ReadOnlyMemory<byte>> fragments =
            [.. FragmentsOf(bytes.Span, header, frame).Select(place => bytes.Slice(place.Start, place.Length))];
        return elements.Syntax == DicomSyntax.Rle
            ? DicomRle.Read(fragments.Count == 1 ? fragments[0] : Joined(fragments), header)
            : LosslessJpeg.Read(fragments.Count == 1 ? fragments[0] : Joined(fragments), header);
    }

    // One fragment for each frame, or all for the only frame, or as the table of offsets says (PS3.5, A.4).
    private static List<(int Start, int Length)> FragmentsOf(
        ReadOnlySpan<byte> bytes, DicomHeader header, int frame)
    {
        IReadOnlyList<(int Start, int Length)> all = header.Elements.Fragments;
        if (all.Count - 1 == header.Frames)
        {
            return [all[frame + 1]];
        }

        if (header.Frames == 1)
        {
            return [.. all.Skip(1)];
        }

        (int start, int length) = all[0];
        if (length != 4 * header.Frames)
        {
            throw DicomHeader.Damaged(
                header.Name, $"has {all.Count - 1} fragments for {header.Frames} frames, without a table of offsets");
        }

        ReadOnlySpan<byte> table = bytes.Slice(start, length);
        long first = all[1].Start;
        long from = first + BinaryPrimitives.ReadUInt32LittleEndian(table[(4 * frame)..]);
        long to = frame + 1 == header.Frames
            ? long.MaxValue
            : first + BinaryPrimitives.ReadUInt32LittleEndian(table[(4 * frame + 4)..]);
        List<(int Start, int Length)> own =
            [.. all.Skip(1).Where(fragment => fragment.Start >= from && fragment.Start < to)];
        return own.Count > 0 && own[0].Start == from
            ? own
            : throw DicomHeader.Damaged(header.Name, "has a table of offsets that leads nowhere");
    }

    private static byte[] Joined(List<ReadOnlyMemory<byte>> fragments)
    {
        byte[] joined = GC.AllocateUninitializedArray<byte>(fragments.Sum(fragment => fragment.Length));
        int at = 0;
        foreach (ReadOnlyMemory<byte> fragment in fragments)
        {
            fragment.CopyTo(joined.AsMemory(at));
            at += fragment.Length;
        }

        return joined;
    }
}
