using System.Buffers.Binary;
using System.IO.Compression;
using ZstdSharp;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Turns the strips or tiles of a page with Zstandard or WebP, which LibTiff does not read, into stored Deflate blocks,
/// and leaves everything else, such as the predictor, to LibTiff. Each piece is decompressed to exactly the size that
/// the directory says, which the limits bound. Stateless.
/// </summary>
internal static class TiffRecoder
{
    private const int ImageWidth = 256;
    private const int ImageLength = 257;
    private const int BitsPerSample = 258;
    private const int Compression = 259;
    private const int StripOffsets = 273;
    private const int SamplesPerPixel = 277;
    private const int RowsPerStrip = 278;
    private const int StripByteCounts = 279;
    private const int PlanarConfiguration = 284;
    private const int TileWidth = 322;
    private const int TileLength = 323;
    private const int TileOffsets = 324;
    private const int TileByteCounts = 325;
    private const int Deflate = 8;
    private const int TypeLong = 4;
    private const int SeparatePlanes = 2;

    // Tiles may extend beyond the image, but not to many times its area.
    private const long SpareBytes = 1 << 26;

    /// <summary>Whether the pieces of a compression are decompressed here.</summary>
    public static bool Applies(int compression) =>
        TiffCompressions.IsZstandard(compression) || TiffCompressions.IsWebP(compression);

    /// <summary>The file, with the pieces of a page as Deflate behind its end.</summary>
    /// <param name="file">The file, whose directory was checked.</param>
    /// <param name="directory">Where the directory of the page lies.</param>
    /// <param name="name">The name of the file.</param>
    /// <param name="reading">The limits.</param>
    /// <exception cref="ImageFormatException">A piece is damaged, or of an unsupported kind.</exception>
    public static byte[] Recode(ReadOnlyMemory<byte> file, long directory, string name, ImageReading reading)
    {
        ReadOnlySpan<byte> bytes = file.Span;
        TiffWords words = TiffWords.Of(bytes);
        var entries = new TiffEntries(file, (int)directory, words);
        int compression = (int)entries.Number(Compression, 1);
        bool isTiled = entries.Has(TileWidth);
        uint[] offsets = entries.Numbers(isTiled ? TileOffsets : StripOffsets);
        uint[] lengths = entries.Numbers(isTiled ? TileByteCounts : StripByteCounts);
        TiffPieceSizes sizes = SizesOf(entries, isTiled);
        bool isWebP = TiffCompressions.IsWebP(compression);
        if (isWebP && (sizes.Samples != 3 || sizes.Depth != 8 || sizes.IsSeparate))
        {
            throw new ImageFormatException(
                $"'{name}' is a TIFF image of WebP with {sizes.Samples} samples of {sizes.Depth} bits, which is not "
                    + "supported; save it without compression, or with LZW or Deflate.");
        }

        if (offsets.Length == 0 || offsets.Length != lengths.Length || offsets.Length != sizes.Count)
        {
            throw Damaged(name, "has pieces that are missing");
        }

        if (sizes.AllBytes > 4 * sizes.ImageBytes + SpareBytes || bytes.Length + sizes.AllBytes > int.MaxValue / 2)
        {
            throw Damaged(name, "has pieces of an impossible size");
        }

        using var recoded = new MemoryStream();
        recoded.Write(bytes);
        byte[] content = new byte[sizes.LargestBytes];
        for (int i = 0; i < offsets.Length; i++)
        {
            if (offsets[i] > bytes.Length || lengths[i] > bytes.Length - offsets[i])
            {
                throw Damaged(name, "ends too early");
            }

            ReadOnlyMemory<byte> piece = file.Slice((int)offsets[i], (int)lengths[i]);
            Span<byte> target = content.AsSpan(0, sizes.BytesOf(i));
            bool isWhole = isWebP
                ? DecodeWebP(piece, target, sizes.Width, name, reading)
                : Decompress(piece.Span, target, name);
            if (!isWhole)
            {
                throw Damaged(name, "has pixels that cannot be decompressed");
            }

            offsets[i] = (uint)recoded.Length;
            using (var deflate = new ZLibStream(recoded, CompressionLevel.NoCompression, leaveOpen: true))
            {
                deflate.Write(target);
            }

            lengths[i] = (uint)recoded.Length - offsets[i];
        }

        long offsetsAt = Append(recoded, offsets, words);
        long lengthsAt = Append(recoded, lengths, words);
        byte[] result = recoded.ToArray();
        entries.Set(result, Compression, null, Deflate);
        entries.Set(result, isTiled ? TileOffsets : StripOffsets, offsets, offsetsAt);
        entries.Set(result, isTiled ? TileByteCounts : StripByteCounts, lengths, lengthsAt);
        return result;
    }

    private static TiffPieceSizes SizesOf(TiffEntries entries, bool isTiled)
    {
        long width = entries.Number(ImageWidth, 0);
        long height = entries.Number(ImageLength, 0);
        long pieceWidth = isTiled ? entries.Number(TileWidth, 0) : width;
        long pieceHeight = isTiled
            ? entries.Number(TileLength, 0)
            : Math.Min(height, entries.Number(RowsPerStrip, height));
        return new TiffPieceSizes(
            width,
            height,
            (int)Math.Clamp(pieceWidth, 1, 2 * ImageLimits.MaxSide),
            (int)Math.Clamp(pieceHeight, 1, 2 * ImageLimits.MaxSide),
            (int)Math.Clamp(entries.Number(SamplesPerPixel, 1), 1, ushort.MaxValue),
            (int)Math.Clamp(entries.Numbers(BitsPerSample) is [var depth, ..] ? depth : 1, 1, 64),
            entries.Number(PlanarConfiguration, 1) == SeparatePlanes,
            isTiled);
    }

    private static bool Decompress(ReadOnlySpan<byte> piece, Span<byte> target, string name)
    {
        try
        {
            using var decompressor = new Decompressor();
            return decompressor.Unwrap(piece, target) == target.Length;
        }
        catch (ZstdException error)
        {
            throw new ImageFormatException(
                $"'{name}' is a damaged TIFF image: it has pixels that cannot be decompressed; export it again.",
                error);
        }
    }

    private static bool DecodeWebP(
        ReadOnlyMemory<byte> piece, Span<byte> target, int width, string name, ImageReading reading)
    {
        var decoder = new SkiaImageDecoder();
        if (!decoder.Recognizes(piece.Span) || decoder.Describe(piece.Span, name).Format != "webp")
        {
            return false;
        }

        Image image = decoder.Decode(
            piece, name, new ImageReading { Limits = reading.Limits }, new WideSamples(null, keepsMarks: false));
        if (image.Width != width || image.Rgb.Length < target.Length)
        {
            return false;
        }

        image.Rgb[..target.Length].CopyTo(target);
        return true;
    }

    private static long Append(MemoryStream stream, uint[] numbers, TiffWords words)
    {
        if (stream.Length % 2 == 1)
        {
            stream.WriteByte(0);
        }

        long at = stream.Length;
        Span<byte> word = stackalloc byte[sizeof(uint)];
        foreach (uint number in numbers)
        {
            if (words.IsLittleEndian)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(word, number);
            }
            else
            {
                BinaryPrimitives.WriteUInt32BigEndian(word, number);
            }

            stream.Write(word);
        }

        return at;
    }

    private static ImageFormatException Damaged(string name, string what) =>
        new($"'{name}' is a damaged TIFF image: it {what}; export it again.");

    /// <summary>The entries of a directory, whose values were checked to lie inside the file.</summary>
    private sealed class TiffEntries
    {
        private readonly Dictionary<int, (int At, int Type, long Count)> _entries = [];
        private readonly ReadOnlyMemory<byte> _file;
        private readonly TiffWords _words;

        public TiffEntries(ReadOnlyMemory<byte> file, int directory, TiffWords words)
        {
            (_file, _words) = (file, words);
            ReadOnlySpan<byte> bytes = file.Span;
            int count = (int)words.Count(bytes[directory..]);
            for (int i = 0; i < count; i++)
            {
                int at = directory + words.CountSize + i * words.EntrySize;
                _entries.TryAdd(
                    (int)words.Number(bytes[at..], 2),
                    (
                        at,
                        (int)words.Number(bytes[(at + 2)..], 2),
                        (long)words.Number(bytes[(at + 4)..], words.WordSize)));
            }
        }

        public bool Has(int tag) => _entries.ContainsKey(tag);

        public long Number(int tag, long otherwise) => Numbers(tag) is [var number, ..] ? number : otherwise;

        /// <summary>The numbers of a tag; none if it is absent, or has no whole numbers.</summary>
        public uint[] Numbers(int tag)
        {
            if (!_entries.TryGetValue(tag, out (int At, int Type, long Count) entry))
            {
                return [];
            }

            int size = entry.Type switch { 1 => 1, 3 => 2, TypeLong => 4, 16 => 8, _ => 0 };
            if (size == 0)
            {
                return [];
            }

            ReadOnlySpan<byte> bytes = _file.Span;
            ReadOnlySpan<byte> values = bytes[(entry.At + 4 + _words.WordSize)..];
            if (entry.Count * size > _words.WordSize)
            {
                values = bytes[(int)_words.Word(values)..];
            }

            uint[] numbers = new uint[entry.Count];
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = (uint)Math.Min(uint.MaxValue, _words.Number(values[(i * size)..], size));
            }

            return numbers;
        }

        /// <summary>Writes a number, or where numbers lie if there are several, as LONG.</summary>
        public void Set(byte[] bytes, int tag, uint[]? numbers, long value)
        {
            int at = _entries[tag].At;
            int count = numbers?.Length ?? 1;
            bool isInside = numbers is not null && count * sizeof(uint) <= _words.WordSize;
            Write(bytes.AsSpan(at + 2), TypeLong, 2);
            Write(bytes.AsSpan(at + 4), count, _words.WordSize);
            Span<byte> word = bytes.AsSpan(at + 4 + _words.WordSize, _words.WordSize);
            word.Clear();
            if (isInside)
            {
                for (int i = 0; i < count; i++)
                {
                    Write(word[(i * sizeof(uint))..], numbers![i], sizeof(uint));
                }
            }
            else
            {
                Write(word, value, numbers is null ? sizeof(uint) : _words.WordSize);
            }
        }

        private void Write(Span<byte> target, long value, int size)
        {
            for (int i = 0; i < size; i++)
            {
                target[_words.IsLittleEndian ? i : size - 1 - i] = (byte)(value >> (8 * i));
            }
        }
    }
}
