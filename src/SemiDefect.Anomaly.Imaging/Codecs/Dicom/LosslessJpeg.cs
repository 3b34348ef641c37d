using System.Buffers.Binary;

namespace SemiDefect.Anomaly.Imaging.Codecs.Dicom;

/// <summary>
/// Expands a frame of lossless JPEG with Huffman codes (ITU-T T.81, process 14): any predictor, 8 to 16 bits, one scan
/// of all components. Stateless.
/// </summary>
internal static class LosslessJpeg
{
    private const int MostSamplesPerByte = 8;

    /// <summary>Expands a frame to interleaved little-endian samples of the size that the header says.</summary>
    /// <exception cref="ImageFormatException">It is damaged, or not lossless.</exception>
    public static byte[] Read(ReadOnlyMemory<byte> fragment, DicomHeader header)
    {
        ReadOnlySpan<byte> bytes = fragment.Span;
        var tables = new JpegHuffmanTable?[4];
        int precision = 0;
        int restart = 0;
        int position = bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]) ? 2 : throw Broken(header);
        while (true)
        {
            while (position + 1 < bytes.Length && bytes[position] == 0xFF && bytes[position + 1] == 0xFF)
            {
                position++;
            }

            if (position + 4 > bytes.Length || bytes[position] != 0xFF)
            {
                throw Broken(header);
            }

            int marker = bytes[position + 1];
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(position + 2)..]);
            if (length < 2 || length > bytes.Length - position - 2)
            {
                throw Broken(header);
            }

            ReadOnlySpan<byte> segment = bytes.Slice(position + 4, length - 2);
            position += 2 + length;
            switch (marker)
            {
                case 0xC4:
                    ReadTables(segment, tables, header);
                    break;
                case 0xC3:
                    precision = ReadFrame(segment, header);
                    break;
                case 0xDD when segment.Length == 2:
                    restart = BinaryPrimitives.ReadUInt16BigEndian(segment);
                    break;
                case 0xDA when precision > 0:
                    return ReadScan(bytes, position, segment, tables, precision, restart, header);
                case >= 0xE0 or 0xFE:
                    break;
                default:
                    throw Broken(header);
            }
        }
    }

    private static void ReadTables(ReadOnlySpan<byte> segment, JpegHuffmanTable?[] tables, DicomHeader header)
    {
        while (segment.Length >= 17)
        {
            int count = 0;
            foreach (byte codes in segment.Slice(1, 16))
            {
                count += codes;
            }

            // Class 0; other classes do not occur without a cosine transform.
            if (segment[0] > 3 || count > segment.Length - 17)
            {
                throw Broken(header);
            }

            tables[segment[0]] =
                JpegHuffmanTable.Of(segment.Slice(1, 16), segment.Slice(17, count)) ?? throw Broken(header);
            segment = segment[(17 + count)..];
        }

        if (!segment.IsEmpty)
        {
            throw Broken(header);
        }
    }

    private static int ReadFrame(ReadOnlySpan<byte> segment, DicomHeader header)
    {
        if (segment.Length < 6 || segment.Length != 6 + 3 * segment[5])
        {
            throw Broken(header);
        }

        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        bool isSame = width == header.Width && height == header.Height && segment[5] == header.Samples;
        for (int i = 0; i < segment[5]; i++)
        {
            isSame &= segment[6 + 3 * i + 1] == 0x11;
        }

        return !isSame ? throw DicomHeader.Damaged(header.Name, "has JPEG pixels of another size than its header says")
            : segment[0] >= 2 && segment[0] <= header.BitsAllocated ? segment[0]
            : throw Broken(header);
    }

    private static byte[] ReadScan(
        ReadOnlySpan<byte> bytes,
        int position,
        ReadOnlySpan<byte> segment,
        JpegHuffmanTable?[] tables,
        int precision,
        int restart,
        DicomHeader header)
    {
        int samples = header.Samples;
        if (segment.Length != 4 + 2 * samples || segment[0] != samples)
        {
            throw Broken(header);
        }

        int predictor = segment[1 + 2 * samples];
        int transform = segment[^1] & 15;
        var used = new JpegHuffmanTable[samples];
        for (int i = 0; i < samples; i++)
        {
            int table = segment[2 + 2 * i] >> 4;
            used[i] = (table < tables.Length ? tables[table] : null) ?? throw Broken(header);
        }

        // Restarts are between rows only (H.1.1).
        int rowLength = header.Width * samples;
        if (predictor is < 1 or > 7 || transform >= precision || restart % header.Width != 0)
        {
            throw Broken(header);
        }

        if ((long)rowLength * header.Height > (long)(bytes.Length - position) * MostSamplesPerByte)
        {
            throw DicomHeader.Damaged(header.Name, "ends too early");
        }

        byte[] frame = new byte[header.FrameBytes];
        var bits = new JpegBits(bytes, position);
        int[] above = new int[rowLength];
        int[] row = new int[rowLength];
        int restartRows = restart / header.Width;
        for (int y = 0; y < header.Height; y++)
        {
            bool isFirst = y == 0;
            if (restartRows > 0 && y > 0 && y % restartRows == 0)
            {
                bits.Leave();
                isFirst = bits.TakeRestart((y / restartRows - 1) % 8) ? true : throw Broken(header);
            }

            int start = 1 << (precision - transform - 1);
            for (int i = 0; i < rowLength; i++)
            {
                int left = i >= samples ? row[i - samples] : isFirst ? start : above[i];
                int predicted = isFirst || i < samples
                    ? left
                    : Predict(predictor, left, above[i], above[i - samples]);
                row[i] = (predicted + Difference(ref bits, used[i % samples], header)) & 0xFFFF;
            }

            if (bits.IsShort)
            {
                throw DicomHeader.Damaged(header.Name, "ends too early");
            }

            Store(row, frame.AsSpan(y * rowLength * (header.BitsAllocated / 8)), transform, precision, header);
            (row, above) = (above, row);
        }

        return frame;
    }

    private static int Predict(int predictor, int left, int above, int aboveLeft) => predictor switch
    {
        1 => left,
        2 => above,
        3 => aboveLeft,
        4 => left + above - aboveLeft,
        5 => left + ((above - aboveLeft) >> 1),
        6 => above + ((left - aboveLeft) >> 1),
        _ => (left + above) >> 1,
    };

    private static int Difference(ref JpegBits bits, JpegHuffmanTable table, DicomHeader header)
    {
        (int length, int category) = table.Read(bits.Peek());
        if (length == 0 || category > 16)
        {
            throw Broken(header);
        }

        bits.Skip(length);
        if (category is 0 or 16)
        {
            return category == 0 ? 0 : 1 << 15;
        }

        int value = bits.Take(category);
        return value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
    }

    private static void Store(int[] row, Span<byte> target, int transform, int precision, DicomHeader header)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int value = row[i] << transform;
            if (value >= 1 << precision)
            {
                throw Broken(header);
            }

            if (header.BitsAllocated == 8)
            {
                target[i] = (byte)value;
            }
            else
            {
                BinaryPrimitives.WriteUInt16LittleEndian(target[(2 * i)..], (ushort)value);
            }
        }
    }

    private static ImageFormatException Broken(DicomHeader header) =>
        DicomHeader.Damaged(header.Name, "has pixels that cannot be decompressed");
}
