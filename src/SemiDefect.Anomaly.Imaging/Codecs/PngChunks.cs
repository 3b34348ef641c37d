using System.Buffers.Binary;
using System.IO.Hashing;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// The parts of a PNG file before its pixels: header, palette, orientation, and the location of the compressed data
/// (ISO/IEC 15948, clauses 5 and 11). The checksums of these chunks are verified. Immutable and thread-safe once read.
/// </summary>
internal sealed class PngChunks
{
    private const int MaxDepth = 16;

    // EXIF in a chunk of its own comes before EXIF in a text.
    private bool _hasExif;

    private PngChunks(string name) => Name = name;

    public string Name { get; }

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>Bits per sample: 1, 2, 4, 8 or 16.</summary>
    public int Depth { get; private set; }

    /// <summary>Samples per pixel, 1 to 4.</summary>
    public int Channels { get; private set; }

    public bool HasPalette { get; private set; }

    public bool IsInterlaced { get; private set; }

    /// <summary>R, G, B of each entry.</summary>
    public ReadOnlyMemory<byte> Palette { get; private set; }

    public int Orientation { get; private set; } = Codecs.Orientation.Upright;

    /// <summary>The content of the IDAT chunks, in order.</summary>
    public List<ReadOnlyMemory<byte>> Data { get; } = [];

    /// <summary>The number of bytes in a row of the given number of pixels.</summary>
    public int RowBytes(int pixels) => (int)(((long)pixels * Channels * Depth + 7) / 8);

    /// <exception cref="ImageFormatException">
    /// A chunk is damaged or missing, or the size is beyond the limits.
    /// </exception>
    public static PngChunks Read(ReadOnlyMemory<byte> bytes, string name, ImageLimits limits)
    {
        var chunks = new PngChunks(name);
        bool first = true;
        for (int position = 8; ;)
        {
            if (bytes.Length - position < 12)
            {
                throw chunks.Error("ends too early");
            }

            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes.Span[position..]);
            if (length > bytes.Length - position - 12)
            {
                throw chunks.Error("ends too early");
            }

            ReadOnlyMemory<byte> content = bytes.Slice(position + 8, (int)length);
            ReadOnlySpan<byte> type = bytes.Span.Slice(position + 4, 4);
            bool needed = type.SequenceEqual("IHDR"u8)
                || type.SequenceEqual("PLTE"u8)
                || type.SequenceEqual("IDAT"u8)
                || type.SequenceEqual("eXIf"u8)
                || PngText.IsExif(type, content.Span);
            ReadOnlySpan<byte> checkedBytes = bytes.Span.Slice(position + 4, (int)length + 4);
            uint stored = BinaryPrimitives.ReadUInt32BigEndian(bytes.Span[(position + 8 + (int)length)..]);
            if (needed && Crc32.HashToUInt32(checkedBytes) != stored)
            {
                throw chunks.Error("has a wrong checksum");
            }

            if (first != type.SequenceEqual("IHDR"u8))
            {
                throw chunks.Error("does not start with its header");
            }

            first = false;
            if (type.SequenceEqual("IEND"u8))
            {
                break;
            }

            chunks.Take(type, content, limits);
            position += 12 + (int)length;
        }

        if (chunks.Data.Count == 0 || (chunks.HasPalette && chunks.Palette.IsEmpty))
        {
            throw chunks.Error("has no pixels or no palette");
        }

        return chunks;
    }

    /// <summary>An exception that names this file.</summary>
    public ImageFormatException Error(string what, Exception? inner = null) =>
        new($"'{Name}' is a damaged PNG image: it {what}; export it again.", inner);

    private void Take(ReadOnlySpan<byte> type, ReadOnlyMemory<byte> content, ImageLimits limits)
    {
        if (type.SequenceEqual("IHDR"u8))
        {
            TakeHeader(content.Span, limits);
        }
        else if (type.SequenceEqual("PLTE"u8))
        {
            if (content.Length is 0 or > 768 || content.Length % 3 != 0)
            {
                throw Error("has an impossible palette");
            }

            Palette = content;
        }
        else if (type.SequenceEqual("IDAT"u8))
        {
            Data.Add(content);
        }
        else if (type.SequenceEqual("eXIf"u8))
        {
            Orientation = Codecs.Orientation.FromExif(content.Span);
            _hasExif = true;
        }
        else if (!_hasExif && PngText.IsExif(type, content.Span))
        {
            Orientation = PngText.OrientationOf(type, content);
        }
        else if ((type[0] & 0x20) == 0)
        {
            throw Error("needs an unknown extension");
        }
    }

    private void TakeHeader(ReadOnlySpan<byte> header, ImageLimits limits)
    {
        if (header.Length != 13)
        {
            throw Error("has an impossible header");
        }

        uint width = BinaryPrimitives.ReadUInt32BigEndian(header);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        int depth = header[8];
        int colorType = header[9];
        bool possible = colorType switch
        {
            0 => depth is 1 or 2 or 4 or 8 or MaxDepth,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or MaxDepth,
            _ => false,
        };
        if (!possible || header[10] != 0 || header[11] != 0 || header[12] > 1)
        {
            throw Error("has an impossible header");
        }

        limits.Check(Name, width, height);
        Width = (int)width;
        Height = (int)height;
        Depth = depth;
        Channels = colorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        HasPalette = colorType == 3;
        IsInterlaced = header[12] == 1;
    }
}
