using System.Buffers.Binary;

namespace SemiDefect.Anomaly.Imaging.Codecs.Dicom;

/// <summary>Expands a frame of RLE (DICOM PS3.5, annex G). Stateless.</summary>
internal static class DicomRle
{
    private const int HeaderBytes = 64;
    private const int MostExpansion = 64;

    /// <summary>Expands a frame to interleaved little-endian samples.</summary>
    /// <exception cref="ImageFormatException">It is damaged.</exception>
    public static byte[] Read(ReadOnlyMemory<byte> fragment, DicomHeader header)
    {
        ReadOnlySpan<byte> bytes = fragment.Span;
        int sampleBytes = header.BitsAllocated / 8;
        int segments = header.Samples * sampleBytes;
        if (bytes.Length < HeaderBytes)
        {
            throw DicomHeader.Damaged(header.Name, "ends too early");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != segments)
        {
            throw DicomHeader.Damaged(header.Name, "has another number of RLE segments than its samples need");
        }

        if (header.FrameBytes > (long)bytes.Length * MostExpansion)
        {
            throw DicomHeader.Damaged(header.Name, "ends too early");
        }

        byte[] frame = new byte[header.FrameBytes];
        for (int segment = 0; segment < segments; segment++)
        {
            uint start = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 + 4 * segment)..]);
            uint end = segment + 1 == segments
                ? (uint)bytes.Length
                : BinaryPrimitives.ReadUInt32LittleEndian(bytes[(8 + 4 * segment)..]);
            if (start < HeaderBytes || start > end || end > bytes.Length)
            {
                throw DicomHeader.Damaged(header.Name, "has RLE segments outside of itself");
            }

            // The high byte of a sample comes first.
            int offset = segment / sampleBytes * sampleBytes + sampleBytes - 1 - segment % sampleBytes;
            if (!Expand(bytes[(int)start..(int)end], frame, offset, segments))
            {
                throw DicomHeader.Damaged(header.Name, "has pixels that cannot be decompressed");
            }
        }

        return frame;
    }

    private static bool Expand(ReadOnlySpan<byte> segment, byte[] frame, int target, int step)
    {
        int at = 0;
        while (at < segment.Length && target < frame.Length)
        {
            int control = (sbyte)segment[at++];
            if (control == -128)
            {
                continue;
            }

            int count = control >= 0 ? control + 1 : 1 - control;
            int stored = control >= 0 ? count : 1;
            if (at + stored > segment.Length || target + (long)(count - 1) * step >= frame.Length)
            {
                return false;
            }

            for (int i = 0; i < count; i++, target += step)
            {
                frame[target] = segment[control >= 0 ? at + i : at];
            }

            at += stored;
        }

        // One byte may fill up to an even number.
        return target >= frame.Length && segment.Length - at <= 1;
    }
}
