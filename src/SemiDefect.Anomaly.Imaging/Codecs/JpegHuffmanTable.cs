namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>A Huffman table of a JPEG file (ITU-T T.81, annex C and F.2.2.3). Immutable and thread-safe.</summary>
internal sealed class JpegHuffmanTable
{
    private const int LongestCode = 16;
    private const int IndexedBits = 9;

    private readonly byte[] _values;

    // The highest code of each length, shifted up to 16 bits, and what leads from a code to its value.
    private readonly int[] _limit = new int[LongestCode + 1];
    private readonly int[] _offset = new int[LongestCode + 1];

    // Length and value of what begins with 9 bits; length 0 for longer codes.
    private readonly (byte Length, byte Value)[] _index = new (byte, byte)[1 << IndexedBits];

    private JpegHuffmanTable(byte[] values) => _values = values;

    /// <summary>A table from the number of codes of each length and their values; null if it is impossible.</summary>
    public static JpegHuffmanTable? Of(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> values)
    {
        var table = new JpegHuffmanTable(values.ToArray());
        int code = 0;
        int first = 0;
        for (int length = 1; length <= LongestCode; length++)
        {
            int count = counts[length - 1];
            if (code + count > 1 << length)
            {
                return null;
            }

            table._offset[length] = first - code;
            for (int i = 0; i < count && length <= IndexedBits; i++)
            {
                int spare = IndexedBits - length;
                Array.Fill(table._index, ((byte)length, values[first + i]), (code + i) << spare, 1 << spare);
            }

            first += count;
            code += count;
            table._limit[length] = code << (LongestCode - length);
            code <<= 1;
        }

        return table;
    }

    /// <summary>The length and the value of the code that 16 bits begin with; length 0 if there is none.</summary>
    public (int Length, int Value) Read(int bits)
    {
        (byte length, byte value) = _index[bits >> (LongestCode - IndexedBits)];
        if (length > 0)
        {
            return (length, value);
        }

        for (int longer = IndexedBits + 1; longer <= LongestCode; longer++)
        {
            if (bits < _limit[longer])
            {
                return (longer, _values[_offset[longer] + (bits >> (LongestCode - longer))]);
            }
        }

        return (0, 0);
    }
}
