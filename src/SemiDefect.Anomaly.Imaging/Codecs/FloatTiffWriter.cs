using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Writes single-channel TIFF files of 32-bit floats (TIFF 6.0, SampleFormat 3), little-endian, uncompressed, without
/// dates or names: the same values give the same bytes on every machine. Stateless.
/// </summary>
public static class FloatTiffWriter
{
    private const ushort Short = 3;
    private const ushort Long = 4;
    private const ushort Rational = 5;
    private const int TargetStripBytes = 1 << 16;

    /// <summary>Writes one image.</summary>
    /// <param name="stream">The target; left open.</param>
    /// <param name="width">Pixels per row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="values">width x height values, row by row from the top.</param>
    /// <exception cref="ArgumentException">A size is invalid, or the number of values does not match it.</exception>
    public static void Write(Stream stream, int width, int height, ReadOnlySpan<float> values)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (values.Length != (long)width * height)
        {
            throw new ArgumentException(
                $"A {width} x {height} image needs {(long)width * height} values, got {values.Length}.",
                nameof(values));
        }

        int rowsPerStrip = (int)Math.Clamp(TargetStripBytes / (4L * width), 1, height);
        int strips = (height + rowsPerStrip - 1) / rowsPerStrip;
        const int Tags = 13;
        uint resolutionAt = 8 + 2 + 12 * Tags + 4;
        uint offsetsAt = resolutionAt + 8;
        uint lengthsAt = offsetsAt + 4 * (uint)strips;
        uint pixelsAt = lengthsAt + 4 * (uint)strips;
        if (pixelsAt + 4L * values.Length > uint.MaxValue)
        {
            throw new ArgumentException("A TIFF file holds at most 4 GiB.", nameof(values));
        }

        byte[] header = new byte[pixelsAt];
        "II*\0"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), 8);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), Tags);
        uint stripBytes = 4 * (uint)width * (uint)rowsPerStrip;
        ReadOnlySpan<(ushort Tag, ushort Type, uint Count, uint Value)> entries =
        [
            (256, Long, 1, (uint)width),
            (257, Long, 1, (uint)height),
            (258, Short, 1, 32),
            (259, Short, 1, 1),
            (262, Short, 1, 1),
            (273, Long, (uint)strips, strips == 1 ? pixelsAt : offsetsAt),
            (277, Short, 1, 1),
            (278, Long, 1, (uint)rowsPerStrip),
            (279, Long, (uint)strips, strips == 1 ? stripBytes : lengthsAt),
            (282, Rational, 1, resolutionAt),
            (283, Rational, 1, resolutionAt),
            (296, Short, 1, 1),
            (339, Short, 1, 3),
        ];
        for (int i = 0; i < Tags; i++)
        {
            Span<byte> entry = header.AsSpan(10 + 12 * i);
            BinaryPrimitives.WriteUInt16LittleEndian(entry, entries[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], entries[i].Type);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], entries[i].Count);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], entries[i].Value);
        }

        // One pixel per unspecified unit.
        header[resolutionAt] = 1;
        header[resolutionAt + 4] = 1;
        for (int i = 0; i < strips; i++)
        {
            long start = (long)i * stripBytes;
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan((int)offsetsAt + 4 * i), (uint)(pixelsAt + start));
            BinaryPrimitives.WriteUInt32LittleEndian(
                header.AsSpan((int)lengthsAt + 4 * i), (uint)Math.Min(stripBytes, 4L * values.Length - start));
        }

        stream.Write(header);
        const int Block = 1 << 20;
        for (int start = 0; start < values.Length; start += Math.Min(Block, values.Length - start))
        {
            stream.Write(MemoryMarshal.AsBytes(values.Slice(start, Math.Min(Block, values.Length - start))));
        }
    }
}
