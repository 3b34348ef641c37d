namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Checks the directory of a page of a TIFF or BigTIFF file before LibTiff allocates memory for what it claims: sizes
/// within the limits, values inside the file, no more strips or tiles than the file has bytes, and a compression that
/// is supported. Stateless.
/// </summary>
internal static class TiffDirectory
{
    private const int ImageWidth = 256;
    private const int ImageLength = 257;
    private const int BitsPerSample = 258;
    private const int Compression = 259;
    private const int OrientationTag = 274;
    private const int SamplesPerPixel = 277;
    private const int RowsPerStrip = 278;
    private const int TileWidth = 322;
    private const int TileLength = 323;

    // Bytes per value of the types 0 to 18 of TIFF 6.0 and BigTIFF; 0 for undefined types.
    private static ReadOnlySpan<byte> TypeSizes => [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

    public static bool HasMagic(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("II*\0"u8)
            || bytes.StartsWith("MM\0*"u8)
            || bytes.StartsWith("II+\0"u8)
            || bytes.StartsWith("MM\0+"u8);

    /// <summary>What the file says of its pages and its samples.</summary>
    /// <exception cref="ImageFormatException">The first directory is damaged.</exception>
    public static ImageFileInfo Describe(ReadOnlySpan<byte> bytes, string name)
    {
        RefuseUnsupported(bytes, name);
        List<ulong> pages = TiffPages.Offsets(bytes);
        (_, ulong depth) = Read(bytes, name, TiffPages.FirstOffset(bytes, name));
        return new ImageFileInfo("tiff", (int)Math.Min(depth, int.MaxValue), Math.Max(1, pages.Count));
    }

    /// <summary>Finds a page, and rejects directories with impossible claims.</summary>
    /// <returns>Where the directory of the page lies, and the orientation and the compression of its image.</returns>
    /// <exception cref="ImageFormatException">
    /// The directory is damaged, there is no such page, or the image exceeds the limits.
    /// </exception>
    public static (long Offset, int Orientation, int Compression) Find(
        ReadOnlySpan<byte> bytes, string name, ImageReading reading)
    {
        RefuseUnsupported(bytes, name);
        ulong offset = TiffPages.FirstOffset(bytes, name);
        if (reading.Page > 1)
        {
            List<ulong> pages = TiffPages.Offsets(bytes);
            offset = reading.Page <= pages.Count
                ? pages[reading.Page - 1]
                : throw new ImageFormatException(
                    $"'{name}' has {pages.Count} page{(pages.Count == 1 ? "" : "s")}; page {reading.Page} was asked "
                        + "for.");
        }

        (Dictionary<int, ulong> numbers, _) = Read(bytes, name, offset);
        if (!numbers.TryGetValue(ImageWidth, out ulong width) || !numbers.TryGetValue(ImageLength, out ulong height))
        {
            throw Damaged(name, "has no size");
        }

        reading.Limits.Check(name, (long)Math.Min(width, long.MaxValue), (long)Math.Min(height, long.MaxValue));
        ulong pieces = numbers.TryGetValue(TileWidth, out ulong tileWidth)
            && numbers.TryGetValue(TileLength, out ulong tileLength)
            ? Pieces(width, tileWidth) * Pieces(height, tileLength)
            : Pieces(height, numbers.GetValueOrDefault(RowsPerStrip, height));
        if (pieces * Math.Max(1, numbers.GetValueOrDefault(SamplesPerPixel, 1UL)) > (ulong)bytes.Length * 8)
        {
            throw Damaged(name, "has more pieces than bytes");
        }

        int compression = (int)numbers.GetValueOrDefault(Compression, 1UL);
        TiffCompressions.RequireSupported(compression, name);
        ulong orientation = numbers.GetValueOrDefault(OrientationTag, (ulong)Orientation.Upright);
        return ((long)offset, (int)Math.Min(orientation, int.MaxValue), compression);
    }

    /// <summary>
    /// The tags with a single number, after checking that all entries lie inside the file, and the bits per sample of
    /// the first sample.
    /// </summary>
    private static (Dictionary<int, ulong> Numbers, ulong Depth) Read(
        ReadOnlySpan<byte> bytes,
        string name,
        ulong offset)
    {
        TiffWords words = TiffWords.Of(bytes);
        ReadOnlySpan<byte> directory = bytes[(int)offset..];
        ulong count = directory.Length < words.CountSize ? ulong.MaxValue : words.Count(directory);
        if (count > (ulong)(directory.Length - words.CountSize) / (ulong)words.EntrySize)
        {
            throw Damaged(name, "ends too early");
        }

        var numbers = new Dictionary<int, ulong>();
        ulong depth = 1;
        for (int i = 0; i < (int)count; i++)
        {
            ReadOnlySpan<byte> entry = directory.Slice(words.CountSize + i * words.EntrySize, words.EntrySize);
            int tag = (int)words.Number(entry, 2);
            int type = (int)words.Number(entry[2..], 2);
            int size = type < TypeSizes.Length ? TypeSizes[type] : 0;
            ulong values = words.Number(entry[4..], words.WordSize);
            ReadOnlySpan<byte> word = entry[(4 + words.WordSize)..];
            CheckValues(bytes, word, name, values, size, words);
            bool isInteger = type is 1 or 3 or 4 or 16;
            if (tag == BitsPerSample && isInteger && values > 0)
            {
                bool isInside = values * (ulong)size <= (ulong)word.Length;
                depth = words.Number(isInside ? word : bytes[(int)words.Word(word)..], size);
            }

            if (values == 1
                && isInteger
                && size <= words.WordSize
                && !numbers.TryAdd(tag, words.Number(word, size)))
            {
                throw Damaged(name, "has a tag twice");
            }
        }

        return (numbers, depth);
    }

    private static void CheckValues(
        ReadOnlySpan<byte> bytes,
        ReadOnlySpan<byte> word,
        string name,
        ulong values,
        int size,
        TiffWords words)
    {
        ulong length = (ulong)bytes.Length;
        bool inside = values <= length;
        if (inside && values * (ulong)size > (ulong)word.Length)
        {
            ulong start = words.Word(word);
            inside = start <= length && values * (ulong)size <= length - start;
        }

        if (!inside)
        {
            throw Damaged(name, "ends too early");
        }
    }

    // No size means one piece; LibTiff itself rejects impossible ones.
    private static ulong Pieces(ulong size, ulong step) => step == 0 ? 1 : (size - 1) / step + 1;

    private static void RefuseUnsupported(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.StartsWith("MM\0+"u8))
        {
            // LibTiff considers their header damaged.
            throw new ImageFormatException(
                $"'{name}' is a big-endian BigTIFF image, which is not supported; save it as TIFF or PNG.");
        }
    }

    private static ImageFormatException Damaged(string name, string what) =>
        new($"'{name}' is a damaged TIFF image: it {what}; export it again.");
}
