namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Compresses into the zlib format (RFC 1950 and 1951). The runtime's own compressor changes its bytes with its version and
/// may with the processor; this one gives the same bytes for the same input everywhere. Thread-safe: nothing is kept.
/// </summary>
internal static class ZlibEncoder
{
    private const int WindowSize = 1 << 15;
    private const int HashBits = 15;
    private const int ShortestMatch = 3;
    private const int LongestMatch = 258;

    // Three literals cost less than a far match of three.
    private const int FarthestShortMatch = 4096;
    private const int ChainLimit = 64;
    private const int BlockTokens = 1 << 14;
    private const int EndOfBlock = 256;
    private const int LiteralCodes = 286;
    private const int DistanceCodes = 30;

    // RFC 1951, 3.2.5: the first length or distance of every code, and the extra bits that follow it.
    private static readonly int[] LengthBases = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
    private static readonly int[] LengthExtraBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
    private static readonly int[] DistanceBases =
        [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];

    private static readonly int[] DistanceExtraBits =
        [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    // RFC 1951, 3.2.7: the order in which the code lengths of the code lengths are stored.
    private static readonly int[] CodeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    /// <summary>The compressed form of <paramref name="data"/>: header, blocks with codes of their own, Adler-32.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> data)
    {
        var output = new BitWriter(data.Length / 2 + 256);
        output.WriteByte(0x78);
        output.WriteByte(0x9C);
        WriteBlocks(data, output);
        output.Align();
        uint checksum = Adler32(data);
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            output.WriteByte((byte)(checksum >> shift));
        }

        return output.ToArray();
    }

    private static void WriteBlocks(ReadOnlySpan<byte> data, BitWriter output)
    {
        int[] head = new int[1 << HashBits];
        head.AsSpan().Fill(-1);
        int[] previous = new int[WindowSize];
        var tokens = new List<Token>(BlockTokens);
        int at = 0;
        int entered = 0;
        Token? known = null;
        while (at < data.Length)
        {
            Token match = known ?? FindMatch(data, at, head, previous);
            known = null;
            Enter(data, ref entered, at + 1, head, previous);

            // A longer match that starts one byte later is worth a literal (lazy matching).
            if (match.Length is > 0 and < LongestMatch && FindMatch(data, at + 1, head, previous) is { } next && next.Length > match.Length)
            {
                match = default;
                known = next;
            }

            tokens.Add(match.Length == 0 ? new Token(0, data[at]) : match);
            at += Math.Max(1, match.Length);
            Enter(data, ref entered, at, head, previous);
            if (tokens.Count == BlockTokens && at < data.Length)
            {
                WriteBlock(tokens, isLast: false, output);
                tokens.Clear();
            }
        }

        WriteBlock(tokens, isLast: true, output);
    }

    /// <summary>Puts the positions before <paramref name="end"/> into the hash chains.</summary>
    private static void Enter(ReadOnlySpan<byte> data, ref int entered, int end, int[] head, int[] previous)
    {
        for (; entered < end; entered++)
        {
            if (entered + ShortestMatch <= data.Length)
            {
                int hash = Hash(data, entered);
                previous[entered & (WindowSize - 1)] = head[hash];
                head[hash] = entered;
            }
        }
    }

    /// <summary>The longest match among the latest <see cref="ChainLimit"/> candidates, the nearest of equals; length 0 for none.</summary>
    private static Token FindMatch(ReadOnlySpan<byte> data, int at, int[] head, int[] previous)
    {
        int limit = Math.Min(LongestMatch, data.Length - at);
        if (limit < ShortestMatch)
        {
            return default;
        }

        Token best = default;
        ReadOnlySpan<byte> wanted = data.Slice(at, limit);
        int candidate = head[Hash(data, at)];
        for (int step = 0; step < ChainLimit && candidate >= 0 && at - candidate < WindowSize && best.Length < limit; step++)
        {
            // The byte that a longer match must have tells most candidates apart without a comparison.
            if (data[candidate + best.Length] == wanted[best.Length])
            {
                int length = wanted.CommonPrefixLength(data.Slice(candidate, limit));
                if (length > best.Length && (length > ShortestMatch || length == ShortestMatch && at - candidate <= FarthestShortMatch))
                {
                    best = new Token(length, at - candidate);
                }
            }

            candidate = previous[candidate & (WindowSize - 1)];
        }

        return best;
    }

    private static int Hash(ReadOnlySpan<byte> data, int at) =>
        (int)((uint)(data[at] | data[at + 1] << 8 | data[at + 2] << 16) * 0x9E3779B1u >> (32 - HashBits));

    private static void WriteBlock(List<Token> tokens, bool isLast, BitWriter output)
    {
        int[] literalCounts = new int[LiteralCodes];
        int[] distanceCounts = new int[DistanceCodes];
        literalCounts[EndOfBlock] = 1;
        foreach (Token token in tokens)
        {
            if (token.Length == 0)
            {
                literalCounts[token.Value]++;
            }
            else
            {
                literalCounts[EndOfBlock + 1 + CodeOf(LengthBases, token.Length)]++;
                distanceCounts[CodeOf(DistanceBases, token.Value)]++;
            }
        }

        var literals = new HuffmanCode(literalCounts, longest: 15);
        var distances = new HuffmanCode(distanceCounts, longest: 15);
        output.WriteBits(isLast ? 1 : 0, 1);
        output.WriteBits(2, 2);
        WriteCodes(literals, distances, output);
        foreach (Token token in tokens)
        {
            if (token.Length == 0)
            {
                literals.Write(token.Value, output);
                continue;
            }

            int code = CodeOf(LengthBases, token.Length);
            literals.Write(EndOfBlock + 1 + code, output);
            output.WriteBits(token.Length - LengthBases[code], LengthExtraBits[code]);
            code = CodeOf(DistanceBases, token.Value);
            distances.Write(code, output);
            output.WriteBits(token.Value - DistanceBases[code], DistanceExtraBits[code]);
        }

        literals.Write(EndOfBlock, output);
    }

    private static int CodeOf(int[] bases, int value)
    {
        int index = Array.BinarySearch(bases, value);
        return index >= 0 ? index : ~index - 1;
    }

    /// <summary>The code lengths of both alphabets, run-length coded (RFC 1951, 3.2.7).</summary>
    private static void WriteCodes(HuffmanCode literals, HuffmanCode distances, BitWriter output)
    {
        int literalCount = Math.Max(257, literals.UsedLength);
        int distanceCount = Math.Max(1, distances.UsedLength);
        byte[] lengths = [.. literals.Lengths[..literalCount], .. distances.Lengths[..distanceCount]];
        List<(int Symbol, int Extra, int ExtraBits)> runs = RunsOf(lengths);
        int[] counts = new int[CodeLengthOrder.Length];
        foreach ((int symbol, _, _) in runs)
        {
            counts[symbol]++;
        }

        var code = new HuffmanCode(counts, longest: 7);
        int stored = CodeLengthOrder.Length;
        while (stored > 4 && code.Lengths[CodeLengthOrder[stored - 1]] == 0)
        {
            stored--;
        }

        output.WriteBits(literalCount - 257, 5);
        output.WriteBits(distanceCount - 1, 5);
        output.WriteBits(stored - 4, 4);
        for (int i = 0; i < stored; i++)
        {
            output.WriteBits(code.Lengths[CodeLengthOrder[i]], 3);
        }

        foreach ((int symbol, int extra, int extraBits) in runs)
        {
            code.Write(symbol, output);
            output.WriteBits(extra, extraBits);
        }
    }

    private static List<(int Symbol, int Extra, int ExtraBits)> RunsOf(byte[] lengths)
    {
        var runs = new List<(int Symbol, int Extra, int ExtraBits)>();
        for (int at = 0; at < lengths.Length;)
        {
            byte value = lengths[at];
            int run = 1;
            while (at + run < lengths.Length && lengths[at + run] == value)
            {
                run++;
            }

            at += run;
            if (value != 0)
            {
                runs.Add((value, 0, 0));
                run--;
            }

            while (run >= 3)
            {
                int taken = Math.Min(run, value != 0 ? 6 : 138);
                runs.Add(value != 0 ? (16, taken - 3, 2) : taken <= 10 ? (17, taken - 3, 3) : (18, taken - 11, 7));
                run -= taken;
            }

            for (; run > 0; run--)
            {
                runs.Add((value, 0, 0));
            }
        }

        return runs;
    }

    private static uint Adler32(ReadOnlySpan<byte> data)
    {
        uint low = 1;
        uint high = 0;
        while (!data.IsEmpty)
        {
            // RFC 1950, 9: as many bytes as the sums can take before they must be reduced.
            int count = Math.Min(5552, data.Length);
            foreach (byte value in data[..count])
            {
                low += value;
                high += low;
            }

            low %= 65521;
            high %= 65521;
            data = data[count..];
        }

        return high << 16 | low;
    }

    /// <summary>A literal (length 0, the byte in Value), or a match of Length bytes, Value bytes back.</summary>
    private readonly record struct Token(int Length, int Value);
}
