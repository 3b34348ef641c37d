namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Follows the entropy-coded data of one scan of a JPEG file without computing pixels (ITU-T T.81, annexes F and G).
/// Not thread-safe.
/// </summary>
/// <param name="frame">The frame.</param>
/// <param name="components">The components of the scan.</param>
/// <param name="dc">Their tables for the first coefficient; null where the scan codes none.</param>
/// <param name="ac">Their tables for the others.</param>
/// <param name="spectrum">The first and the last coefficient of the scan.</param>
/// <param name="isRefinement">Whether the scan adds a bit to coefficients that others began.</param>
internal sealed class JpegScan(
    JpegFrame frame,
    JpegComponent[] components,
    JpegHuffmanTable?[] dc,
    JpegHuffmanTable?[] ac,
    (int First, int Last) spectrum,
    bool isRefinement)
{
    // Cameras are known to leave a few bytes before a marker.
    private const int MostLeftOver = 8;

    // Of data lost, zeros often take the place. Where they mean flat blocks they are many in sound files as well; where
    // they mean coefficients, no picture has so many of the same ones in a row.
    private const int MostZeros = 16;

    private int _endOfBands;
    private bool _isDamaged;

    /// <summary>Follows the data.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="position">Where the data begin; then where the next marker is.</param>
    /// <param name="restartInterval">Units between restart markers; 0 for none.</param>
    /// <returns>What is wrong, in words that follow "it"; null if nothing is.</returns>
    public string? Follow(ReadOnlySpan<byte> bytes, ref int position, int restartInterval)
    {
        var bits = new JpegBits(bytes, position);
        bool isInterleaved = components.Length > 1;
        int across = isInterleaved ? frame.UnitsAcross : components[0].Columns;
        int units = across * (isInterleaved ? frame.UnitsDown : components[0].Rows);
        for (int unit = 0; unit < units; unit++)
        {
            if (restartInterval > 0 && unit > 0 && unit % restartInterval == 0)
            {
                _endOfBands = 0;
                int left = bits.Leave();
                if (left > MostLeftOver || !bits.TakeRestart((unit / restartInterval - 1) % 8))
                {
                    return "has a gap in its pixels";
                }
            }

            FollowUnit(ref bits, unit % across, unit / across, isInterleaved);
            if (bits.IsShort)
            {
                return "ends too early";
            }

            if (_isDamaged)
            {
                return "has pixels that cannot be decoded";
            }
        }

        bool hasGap = bits.Leave() > MostLeftOver || (bits.LongestZeros > MostZeros && !ZerosMayBeFlat());
        position = bits.Position;
        return hasGap ? "has a gap in its pixels" : null;
    }

    private void FollowUnit(ref JpegBits bits, int x, int y, bool isInterleaved)
    {
        for (int i = 0; i < components.Length; i++)
        {
            JpegComponent component = components[i];
            int across = isInterleaved ? component.Across : 1;
            int down = isInterleaved ? component.Down : 1;
            for (int block = 0; block < across * down; block++)
            {
                int column = x * across + block % across;
                int row = y * down + block / across;
                if (frame.IsProgressive)
                {
                    FollowProgressive(ref bits, i, row * component.PaddedColumns + column);
                }
                else
                {
                    FollowSequential(ref bits, i);
                }
            }
        }
    }

    private void FollowSequential(ref JpegBits bits, int component)
    {
        bits.Take(Math.Min(16, Code(ref bits, dc[component]!)));
        JpegHuffmanTable table = ac[component]!;
        for (int k = 1; k < 64; k++)
        {
            int code = Code(ref bits, table);
            int size = code & 15;
            if (size == 0 && code != 0xF0)
            {
                return;
            }

            k += code >> 4;
            bits.Take(size);
            _isDamaged |= k > 63;
        }
    }

    private void FollowProgressive(ref JpegBits bits, int component, int block)
    {
        if (spectrum.First == 0)
        {
            bits.Take(isRefinement ? 1 : Math.Min(16, Code(ref bits, dc[component]!)));
        }
        else if (isRefinement)
        {
            Refine(ref bits, ac[component]!, ref components[component].NonZero[block]);
        }
        else
        {
            Begin(ref bits, ac[component]!, ref components[component].NonZero[block]);
        }
    }

    private void Begin(ref JpegBits bits, JpegHuffmanTable table, ref ulong nonZero)
    {
        if (_endOfBands > 0)
        {
            _endOfBands--;
            return;
        }

        for (int k = spectrum.First; k <= spectrum.Last; k++)
        {
            int code = Code(ref bits, table);
            int run = code >> 4;
            int size = code & 15;
            if (size == 0 && run < 15)
            {
                _endOfBands = (1 << run) - 1 + bits.Take(run);
                return;
            }

            k += run;
            bits.Take(size);
            _isDamaged |= k > 63;
            if (size > 0)
            {
                nonZero |= 1UL << k;
            }
        }
    }

    private void Refine(ref JpegBits bits, JpegHuffmanTable table, ref ulong nonZero)
    {
        int k = spectrum.First;
        if (_endOfBands == 0)
        {
            for (; k <= spectrum.Last; k++)
            {
                int code = Code(ref bits, table);
                int run = code >> 4;
                bool isNew = (code & 15) > 0;
                if (!isNew && run < 15)
                {
                    _endOfBands = (1 << run) + bits.Take(run);
                    break;
                }

                // The sign of the new coefficient comes before the bits of those that it passes by.
                bits.Take(isNew ? 1 : 0);
                for (; k <= spectrum.Last; k++)
                {
                    if ((nonZero >> k & 1) != 0)
                    {
                        bits.Take(1);
                    }
                    else if (--run < 0)
                    {
                        break;
                    }
                }

                _isDamaged |= isNew && k > spectrum.Last;
                nonZero |= isNew ? 1UL << k : 0;
            }
        }

        if (_endOfBands > 0)
        {
            for (; k <= spectrum.Last; k++)
            {
                bits.Take((int)(nonZero >> k & 1));
            }

            _endOfBands--;
        }
    }

    private bool ZerosMayBeFlat() =>
        isRefinement
        || (spectrum.Last > 0
            ? Array.TrueForAll(ac, table => (table!.Read(0).Value & 15) == 0)
            : Array.TrueForAll(dc, table => table!.Read(0).Value == 0));

    private int Code(ref JpegBits bits, JpegHuffmanTable table)
    {
        (int length, int value) = table.Read(bits.Peek());
        _isDamaged |= length == 0;
        bits.Skip(length);
        return value;
    }
}
