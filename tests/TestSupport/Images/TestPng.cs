using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>A small PNG encoder for every kind of image that the decoder must support.</summary>
internal sealed class TestPng
{
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required int Depth { get; init; }

    public required int ColorType { get; init; }

    /// <summary>[y][x][channel].</summary>
    public required ushort[] Samples { get; init; }

    public byte[]? Palette { get; init; }

    public byte[]? Exif { get; init; }

    public bool Interlaced { get; init; }

    /// <summary>The filters of the rows, used in turn.</summary>
    public int[] Filters { get; init; } = [0];

    public int PieceLength { get; init; } = int.MaxValue;

    public static byte[] Signature { get; } = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    private int Channels => ColorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    public static byte[] Chunk(string type, ReadOnlySpan<byte> content)
    {
        var chunk = new byte[12 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        for (int i = 0; i < 4; i++)
        {
            chunk[4 + i] = (byte)type[i];
        }

        content.CopyTo(chunk.AsSpan(8));
        uint checksum = Crc32.HashToUInt32(chunk.AsSpan(4, 4 + content.Length));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + content.Length), checksum);
        return chunk;
    }

    public static byte[] Header(uint width, uint height, int depth, int colorType, bool interlaced = false)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(header, width);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), height);
        header[8] = (byte)depth;
        header[9] = (byte)colorType;
        header[12] = (byte)(interlaced ? 1 : 0);
        return Chunk("IHDR", header);
    }

    public byte[] Encode()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            foreach ((int x, int y, int stepX, int stepY) in Interlaced ? Adam7 : [(0, 0, 1, 1)])
            {
                WritePass(zlib, [.. Steps(x, Width, stepX)], [.. Steps(y, Height, stepY)]);
            }
        }

        List<byte> file = [.. Signature, .. Header((uint)Width, (uint)Height, Depth, ColorType, Interlaced)];
        if (Exif is not null)
        {
            file.AddRange(Chunk("eXIf", Exif));
        }

        if (Palette is not null)
        {
            file.AddRange(Chunk("PLTE", Palette));
        }

        foreach (byte[] piece in packed.ToArray().Chunk(PieceLength))
        {
            file.AddRange(Chunk("IDAT", piece));
        }

        return [.. file, .. Chunk("IEND", [])];
    }

    /// <summary>The expected result of decoding.</summary>
    public byte[] Expected()
    {
        var rgb = new List<byte>();
        for (int i = 0; i < Width * Height; i++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                int sample = Samples[i * Channels + (Channels >= 3 ? channel : 0)];
                rgb.Add(
                    ColorType == 3
                        ? Palette![3 * sample + channel]
                        : (byte)Math.Round(sample * 255.0 / ((1 << Depth) - 1)));
            }
        }

        return [.. rgb];
    }

    private static IEnumerable<int> Steps(int from, int to, int step)
    {
        for (int i = from; i < to; i += step)
        {
            yield return i;
        }
    }

    private void WritePass(Stream stream, int[] columns, int[] rows)
    {
        if (columns.Length == 0)
        {
            return;
        }

        int step = Math.Max(1, Channels * Depth / 8);
        byte[] above = new byte[(columns.Length * Channels * Depth + 7) / 8];
        for (int i = 0; i < rows.Length; i++)
        {
            byte[] row = new byte[above.Length];
            for (int k = 0; k < columns.Length * Channels; k++)
            {
                int sample = Samples[(rows[i] * Width + columns[k / Channels]) * Channels + k % Channels];
                for (int bit = 0; bit < Depth; bit++)
                {
                    int position = k * Depth + bit;
                    row[position / 8] |= (byte)(((sample >> (Depth - 1 - bit)) & 1) << (7 - position % 8));
                }
            }

            int filter = Filters[i % Filters.Length];
            stream.WriteByte((byte)filter);
            for (int k = 0; k < row.Length; k++)
            {
                int left = k < step ? 0 : row[k - step];
                int upLeft = k < step ? 0 : above[k - step];
                int predicted = filter switch
                {
                    1 => left,
                    2 => above[k],
                    3 => (left + above[k]) / 2,
                    4 => Paeth(left, above[k], upLeft),
                    _ => 0,
                };
                stream.WriteByte((byte)(row[k] - predicted));
            }

            above = row;
        }
    }

    private static int Paeth(int left, int up, int upLeft) =>
        new[] { left, up, upLeft }.MinBy(value => Math.Abs(left + up - upLeft - value));
}
