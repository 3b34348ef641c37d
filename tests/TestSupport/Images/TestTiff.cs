using System.Buffers.Binary;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>
/// A small uncompressed TIFF encoder: strips or tiles, either byte order, either planar configuration.
/// </summary>
internal sealed class TestTiff
{
    private readonly SortedDictionary<ushort, (ushort Type, uint[] Values)> _tags = [];
    private readonly Dictionary<ushort, (ushort Type, uint[] Values)> _extra = [];

    public required int Width { get; init; }

    public required int Height { get; init; }

    public int Depth { get; init; } = 8;

    public int SamplesPerPixel { get; init; } = 1;

    /// <summary>0 white is zero, 1 black is zero, 2 RGB, 3 palette.</summary>
    public int Photometric { get; init; } = 1;

    public bool BigEndian { get; init; }

    /// <summary>BigTIFF, with 64-bit offsets.</summary>
    public bool Big { get; init; }

    public bool Separate { get; init; }

    public int RowsPerStrip { get; init; } = int.MaxValue;

    /// <summary>The side of the tiles, a multiple of 16; 0 for strips.</summary>
    public int Tile { get; init; }

    /// <summary>[y][x][sample].</summary>
    public required ushort[] Samples { get; init; }

    /// <summary>Adds or replaces a tag; types: 3 for 16 bits, 4 for 32 bits.</summary>
    public TestTiff With(ushort tag, ushort type, params uint[] values)
    {
        _extra[tag] = (type, values);
        return this;
    }

    public byte[] Encode()
    {
        List<byte> file = [.. BigEndian ? "MM"u8 : "II"u8, .. Number(3, Big ? 43u : 42u)];
        if (Big)
        {
            file.AddRange([.. Number(3, 8), .. Number(3, 0)]);
        }

        file.AddRange(Word(0));
        var offsets = new List<uint>();
        var lengths = new List<uint>();
        int stripRows = Math.Min(RowsPerStrip, Height);
        for (int plane = 0; plane < (Separate ? SamplesPerPixel : 1); plane++)
        {
            for (int y = 0; y < Height; y += Tile == 0 ? stripRows : Tile)
            {
                for (int x = 0; x < Width; x += Tile == 0 ? Width : Tile)
                {
                    byte[] block = Tile == 0
                        ? Block(plane, 0, y, Width, Math.Min(stripRows, Height - y))
                        : Block(plane, x, y, Tile, Tile);
                    offsets.Add((uint)file.Count);
                    lengths.Add((uint)block.Length);
                    file.AddRange(block);
                }
            }
        }

        _tags.Clear();
        _tags[256] = (4, [(uint)Width]);
        _tags[257] = (4, [(uint)Height]);
        _tags[258] = (3, [.. Enumerable.Repeat((uint)Depth, SamplesPerPixel)]);
        _tags[259] = (3, [1]);
        _tags[262] = (3, [(uint)Photometric]);
        _tags[277] = (3, [(uint)SamplesPerPixel]);
        _tags[284] = (3, [Separate ? 2u : 1u]);
        _tags[Tile == 0 ? (ushort)273 : (ushort)324] = (4, [.. offsets]);
        _tags[Tile == 0 ? (ushort)279 : (ushort)325] = (4, [.. lengths]);
        if (Tile == 0)
        {
            _tags[278] = (4, [(uint)stripRows]);
        }
        else
        {
            _tags[322] = (4, [(uint)Tile]);
            _tags[323] = (4, [(uint)Tile]);
        }

        foreach ((ushort tag, (ushort Type, uint[] Values) value) in _extra)
        {
            _tags[tag] = value;
        }

        return WriteDirectory(file);
    }

    private byte[] WriteDirectory(List<byte> file)
    {
        if (file.Count % 2 == 1)
        {
            file.Add(0);
        }

        byte[] start = Word((uint)file.Count);
        for (int i = 0; i < start.Length; i++)
        {
            file[start.Length + i] = start[i];
        }

        int entrySize = 4 + 2 * start.Length;
        int valuesAt = file.Count + (Big ? 8 : 2) + entrySize * _tags.Count + start.Length;
        var values = new List<byte>();
        file.AddRange(Big ? Word((uint)_tags.Count) : Number(3, (uint)_tags.Count));
        foreach ((ushort tag, (ushort type, uint[] numbers)) in _tags)
        {
            file.AddRange([.. Number(3, tag), .. Number(3, type), .. Word((uint)numbers.Length)]);
            byte[] content = [.. numbers.SelectMany(number => Number(type, number))];
            if (content.Length <= start.Length)
            {
                file.AddRange([.. content, .. new byte[start.Length - content.Length]]);
            }
            else
            {
                file.AddRange(Word((uint)(valuesAt + values.Count)));
                values.AddRange(content);
            }
        }

        file.AddRange(Word(0));
        file.AddRange(values);
        return [.. file];
    }

    private byte[] Block(int plane, int left, int top, int width, int rows)
    {
        var block = new List<byte>();
        for (int y = top; y < top + rows; y++)
        {
            int bits = 0;
            int filled = 0;
            for (int x = left; x < left + width; x++)
            {
                for (int sample = Separate ? plane : 0; sample < (Separate ? plane + 1 : SamplesPerPixel); sample++)
                {
                    ushort value = x < Width && y < Height
                        ? Samples[(y * Width + x) * SamplesPerPixel + sample]
                        : (ushort)0;
                    if (Depth == 16)
                    {
                        block.AddRange(Number(3, value));
                        continue;
                    }

                    bits = (bits << Depth) | value;
                    filled += Depth;
                    if (filled == 8)
                    {
                        block.Add((byte)bits);
                        bits = filled = 0;
                    }
                }
            }

            if (filled > 0)
            {
                block.Add((byte)(bits << (8 - filled)));
            }
        }

        return [.. block];
    }

    private byte[] Word(uint value) =>
        !Big ? Number(4, value) : BigEndian ? [0, 0, 0, 0, .. Number(4, value)] : [.. Number(4, value), 0, 0, 0, 0];

    private byte[] Number(int type, uint value)
    {
        var bytes = new byte[type == 3 ? 2 : 4];
        switch (type, BigEndian)
        {
            case (3, true):
                BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
                break;
            case (3, false):
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
                break;
            case (_, true):
                BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
                break;
            default:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
                break;
        }

        return bytes;
    }
}
