namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Checks that a JPEG file holds the data of all its pixels. libjpeg fills what is missing with gray and decodes holes
/// to garbage, and its warnings do not reach callers of Skia. Sequential and progressive files with Huffman codes of 8
/// bits are checked, which are nearly all there are. Stateless.
/// </summary>
internal static class JpegCheck
{
    private const int EndOfImage = 0xD9;
    private const int StartOfScan = 0xDA;
    private const int HuffmanTables = 0xC4;
    private const int RestartInterval = 0xDD;
    private const int Progressive = 0xC2;

    /// <summary>What is wrong with a file, in words that follow "it"; null if nothing is found.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="size">The size that was checked against the limits.</param>
    public static string? FindFault(ReadOnlySpan<byte> bytes, (int Width, int Height) size)
    {
        var dc = new JpegHuffmanTable?[4];
        var ac = new JpegHuffmanTable?[4];
        JpegFrame? frame = null;
        int restartInterval = 0;
        bool hasScan = false;
        for (int position = 2; ;)
        {
            int marker = NextMarker(bytes, ref position);
            if (marker is EndOfImage or < 0)
            {
                // Without an end, libjpeg says whether pixels are missing.
                return frame is null || (marker < 0 && !hasScan) || frame.IsComplete ? null : "ends too early";
            }

            if (marker is >= 0xD0 and <= 0xD7 or 0x01)
            {
                continue;
            }

            if (position + 2 > bytes.Length)
            {
                return "ends too early";
            }

            int length = (bytes[position] << 8) | bytes[position + 1];
            if (length < 2 || position + length > bytes.Length)
            {
                return "ends too early";
            }

            ReadOnlySpan<byte> segment = bytes.Slice(position + 2, length - 2);
            position += length;
            switch (marker)
            {
                case 0xC0 or 0xC1 or Progressive:
                    frame = JpegFrame.Read(segment, marker == Progressive, size);
                    if (frame is null)
                    {
                        return null;
                    }

                    break;
                case HuffmanTables:
                    if (!ReadTables(segment, dc, ac))
                    {
                        return "has impossible Huffman tables";
                    }

                    break;
                case RestartInterval when segment.Length >= 2:
                    restartInterval = (segment[0] << 8) | segment[1];
                    break;
                case StartOfScan:
                    if (frame is null || ScanOf(segment, frame, dc, ac) is not { } scan)
                    {
                        // Of a kind that is not checked: arithmetic codes, lossless, tables that are not in the file.
                        return null;
                    }

                    hasScan = true;
                    if (scan.Follow(bytes, ref position, restartInterval) is { } fault)
                    {
                        return fault;
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private static JpegScan? ScanOf(
        ReadOnlySpan<byte> header,
        JpegFrame frame,
        JpegHuffmanTable?[] dc,
        JpegHuffmanTable?[] ac)
    {
        int count = header.IsEmpty ? 0 : header[0];
        if (count is 0 or > 4 || header.Length < 4 + 2 * count)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = header[(1 + 2 * count)..];
        (int first, int last) = frame.IsProgressive ? (rest[0], rest[1]) : (0, 63);
        int bitsBefore = frame.IsProgressive ? rest[2] >> 4 : 0;
        int bitsLeft = frame.IsProgressive ? rest[2] & 15 : 0;
        if (first > last || last > 63 || (frame.IsProgressive && first == 0 && last > 0) || (first > 0 && count > 1))
        {
            return null;
        }

        var components = new JpegComponent[count];
        var scanDc = new JpegHuffmanTable?[count];
        var scanAc = new JpegHuffmanTable?[count];
        bool needsDc = first == 0 && bitsBefore == 0;
        bool needsAc = last > 0;
        for (int i = 0; i < count; i++)
        {
            int id = header[1 + 2 * i];
            int tables = header[2 + 2 * i];
            JpegComponent? component = frame.Components.FirstOrDefault(component => component.Id == id);
            scanDc[i] = dc[tables >> 4 & 3];
            scanAc[i] = ac[tables & 3];
            if (component is null || (needsDc && scanDc[i] is null) || (needsAc && scanAc[i] is null))
            {
                return null;
            }

            components[i] = component;
            component.BitsLeft.AsSpan(first, last - first + 1).Fill(bitsLeft);
        }

        return new JpegScan(frame, components, scanDc, scanAc, (first, last), bitsBefore > 0);
    }

    private static bool ReadTables(ReadOnlySpan<byte> segment, JpegHuffmanTable?[] dc, JpegHuffmanTable?[] ac)
    {
        while (segment.Length >= 17)
        {
            ReadOnlySpan<byte> counts = segment.Slice(1, 16);
            int values = 0;
            foreach (byte count in counts)
            {
                values += count;
            }

            if (values > 256 || segment.Length < 17 + values || (segment[0] & 15) > 3)
            {
                return false;
            }

            JpegHuffmanTable? table = JpegHuffmanTable.Of(counts, segment.Slice(17, values));
            if (table is null)
            {
                return false;
            }

            (segment[0] >> 4 == 0 ? dc : ac)[segment[0] & 15] = table;
            segment = segment[(17 + values)..];
        }

        return true;
    }

    // Bytes between segments are skipped, as libjpeg does.
    private static int NextMarker(ReadOnlySpan<byte> bytes, ref int position)
    {
        while (position + 1 < bytes.Length)
        {
            if (bytes[position] == 0xFF && bytes[position + 1] is not (0 or 0xFF))
            {
                position += 2;
                return bytes[position - 1];
            }

            position++;
        }

        return -1;
    }
}
