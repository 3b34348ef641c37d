namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// A canonical prefix code of limited length (RFC 1951, 3.2.2). Equal counts are told apart by the symbol, so that the same
/// counts give the same code. Immutable, and so thread-safe.
/// </summary>
internal sealed class HuffmanCode
{
    private readonly byte[] _lengths;
    private readonly ushort[] _codes;

    /// <summary>Makes the code for symbols that occur <paramref name="counts"/> times; unused symbols get none.</summary>
    public HuffmanCode(int[] counts, int longest)
    {
        _lengths = LengthsFor(counts, longest);
        _codes = CodesFor(_lengths, longest);
    }

    /// <summary>The length in bits of every symbol's code; 0 for none.</summary>
    public ReadOnlySpan<byte> Lengths => _lengths;

    /// <summary>One more than the last symbol that has a code.</summary>
    public int UsedLength => _lengths.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    /// <summary>Appends the code of <paramref name="symbol"/>.</summary>
    public void Write(int symbol, BitWriter output) => output.WriteBits(_codes[symbol], _lengths[symbol]);

    private static byte[] LengthsFor(int[] counts, int longest)
    {
        long[] weights = [.. counts.Select(count => (long)count)];

        // Decoders want a complete code, which takes two symbols at least.
        for (int symbol = 0; weights.Count(weight => weight > 0) < 2; symbol++)
        {
            weights[symbol] = Math.Max(1, weights[symbol]);
        }

        while (true)
        {
            byte[] lengths = UnlimitedLengths(weights);
            if (lengths.Max() <= longest)
            {
                return lengths;
            }

            // Flattening the counts shortens the longest codes, at little cost.
            for (int symbol = 0; symbol < weights.Length; symbol++)
            {
                weights[symbol] = weights[symbol] == 0 ? 0 : weights[symbol] / 2 + 1;
            }
        }
    }

    /// <summary>Huffman's algorithm with two queues: the sorted leaves, and the inner nodes in the order they are made.</summary>
    private static byte[] UnlimitedLengths(long[] weights)
    {
        int[] leaves = [.. Enumerable.Range(0, weights.Length).Where(symbol => weights[symbol] > 0).OrderBy(symbol => weights[symbol]).ThenBy(symbol => symbol)];
        int nodeCount = 2 * leaves.Length - 1;
        long[] nodeWeights = new long[nodeCount];
        int[] parents = new int[nodeCount];
        for (int i = 0; i < leaves.Length; i++)
        {
            nodeWeights[i] = weights[leaves[i]];
        }

        int nextLeaf = 0;
        int nextInner = leaves.Length;
        for (int node = leaves.Length; node < nodeCount; node++)
        {
            for (int child = 0; child < 2; child++)
            {
                bool takesLeaf = nextLeaf < leaves.Length && (nextInner == node || nodeWeights[nextLeaf] <= nodeWeights[nextInner]);
                int taken = takesLeaf ? nextLeaf++ : nextInner++;
                nodeWeights[node] += nodeWeights[taken];
                parents[taken] = node;
            }
        }

        byte[] depths = new byte[nodeCount];
        for (int node = nodeCount - 2; node >= 0; node--)
        {
            depths[node] = (byte)(depths[parents[node]] + 1);
        }

        byte[] lengths = new byte[weights.Length];
        for (int i = 0; i < leaves.Length; i++)
        {
            lengths[leaves[i]] = depths[i];
        }

        return lengths;
    }

    private static ushort[] CodesFor(byte[] lengths, int longest)
    {
        int[] counts = new int[longest + 1];
        foreach (byte length in lengths)
        {
            counts[length] += length == 0 ? 0 : 1;
        }

        int[] next = new int[longest + 1];
        for (int length = 1; length <= longest; length++)
        {
            next[length] = (next[length - 1] + counts[length - 1]) << 1;
        }

        ushort[] codes = new ushort[lengths.Length];
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] > 0)
            {
                codes[symbol] = Reverse(next[lengths[symbol]]++, lengths[symbol]);
            }
        }

        return codes;
    }

    private static ushort Reverse(int code, int length)
    {
        int reversed = 0;
        for (int bit = 0; bit < length; bit++)
        {
            reversed = reversed << 1 | (code >> bit & 1);
        }

        return (ushort)reversed;
    }
}
