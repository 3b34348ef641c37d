namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Finds the directories of the pages of a TIFF or BigTIFF file. Reduced copies and transparency masks (tag 254,
/// NewSubfileType) are no pages, but for the first directory, which readers show. Stateless.
/// </summary>
internal static class TiffPages
{
    private const int NewSubfileType = 254;
    private const ulong ReducedOrMask = 1 | 4;

    /// <summary>Where the first directory lies.</summary>
    /// <exception cref="ImageFormatException">It lies outside of the file.</exception>
    public static ulong FirstOffset(ReadOnlySpan<byte> bytes, string name)
    {
        TiffWords words = TiffWords.Of(bytes);
        int header = words.IsBig ? 16 : 8;
        ulong offset = bytes.Length < header ? ulong.MaxValue : words.Word(bytes[(header - words.WordSize)..]);
        return offset > (ulong)Math.Max(0, bytes.Length - words.CountSize)
            ? throw new ImageFormatException(
                $"'{name}' is a damaged TIFF image: it ends too early; export it again.")
            : offset;
    }

    /// <summary>Where the directories of all pages lie, up to the first damaged one.</summary>
    public static List<ulong> Offsets(ReadOnlySpan<byte> bytes)
    {
        TiffWords words = TiffWords.Of(bytes);
        int header = words.IsBig ? 16 : 8;
        var pages = new List<ulong>();
        var seen = new HashSet<ulong>();
        ulong offset = bytes.Length < header ? 0 : words.Word(bytes[(header - words.WordSize)..]);

        // Directories of sound files do not overlap, and so have fewer entries than the file has bytes.
        for (ulong entries = 0; offset != 0 && seen.Add(offset) && pages.Count < ImageReading.LargestPage;)
        {
            if (offset > (ulong)Math.Max(0, bytes.Length - words.CountSize))
            {
                break;
            }

            ReadOnlySpan<byte> directory = bytes[(int)offset..];
            ulong count = words.Count(directory);
            entries += count;
            if (count > (ulong)(directory.Length - words.CountSize) / (ulong)words.EntrySize
                || entries > (ulong)bytes.Length)
            {
                break;
            }

            int end = words.CountSize + (int)count * words.EntrySize;
            if (pages.Count == 0 || (SubfileTypeOf(directory[words.CountSize..end], words) & ReducedOrMask) == 0)
            {
                pages.Add(offset);
            }

            offset = directory.Length - end < words.WordSize ? 0 : words.Word(directory[end..]);
        }

        return pages;
    }

    private static ulong SubfileTypeOf(ReadOnlySpan<byte> entries, TiffWords words)
    {
        for (; !entries.IsEmpty; entries = entries[words.EntrySize..])
        {
            if (words.Number(entries, 2) == NewSubfileType)
            {
                return words.Number(entries[2..], 2) == 3
                    ? words.Number(entries[(4 + words.WordSize)..], 2)
                    : words.Number(entries[(4 + words.WordSize)..], 4);
            }
        }

        return 0;
    }
}
