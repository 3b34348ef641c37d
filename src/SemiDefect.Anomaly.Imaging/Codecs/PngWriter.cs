using System.Buffers.Binary;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Writes 8-bit PNG files (ISO/IEC 15948), grey or RGB, not interlaced, without any chunk that says when or by whom.
/// The same pixels give the same bytes on every machine. Thread-safe: nothing is kept.
/// </summary>
public static class PngWriter
{
    private const int FilterCount = 5;

    private static readonly uint[] CrcTable = MakeCrcTable();

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Writes one picture.</summary>
    /// <param name="stream">Where to write; left open.</param>
    /// <param name="width">Pixels per row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 (grey) or 3 (R, G, B interleaved).</param>
    /// <param name="pixels">height x width x channels bytes, row by row from the top.</param>
    /// <exception cref="ArgumentException">The sizes are impossible, or the length does not fit them.</exception>
    /// <exception cref="IOException">The stream refuses.</exception>
    public static void Write(Stream stream, int width, int height, int channels, ReadOnlySpan<byte> pixels)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3))
        {
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "A picture has 1 or 3 channels.");
        }

        if (pixels.Length != (long)width * height * channels)
        {
            throw new ArgumentException($"A {width} x {height} picture of {channels} channels needs {(long)width * height * channels} bytes, got {pixels.Length}.", nameof(pixels));
        }

        stream.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8;
        header[9] = (byte)(channels == 1 ? 0 : 2);
        header[10..].Clear();
        WriteChunk(stream, "IHDR"u8, header);
        WriteChunk(stream, "IDAT"u8, Compress(width * channels, height, channels, pixels));
        WriteChunk(stream, "IEND"u8, []);
    }

    private static byte[] Compress(int rowLength, int height, int channels, ReadOnlySpan<byte> pixels)
    {
        byte[] filtered = new byte[checked((rowLength + 1) * height)];
        byte[] firstAbove = new byte[rowLength];
        byte[] best = new byte[rowLength + 1];
        byte[] candidate = new byte[rowLength + 1];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = pixels.Slice(y * rowLength, rowLength);
            ReadOnlySpan<byte> above = y == 0 ? firstAbove : pixels.Slice((y - 1) * rowLength, rowLength);
            long lowest = long.MaxValue;
            for (int filter = 0; filter < FilterCount; filter++)
            {
                long sum = Filter(filter, channels, row, above, candidate);
                if (sum < lowest)
                {
                    lowest = sum;
                    (best, candidate) = (candidate, best);
                }
            }

            best.CopyTo(filtered.AsSpan(y * (rowLength + 1)));
        }

        return ZlibEncoder.Compress(filtered);
    }

    /// <summary>Fills filter type and filtered bytes; returns the sum of their absolute values as signed bytes (PNG 12.8).</summary>
    private static long Filter(int filter, int channels, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, byte[] output)
    {
        output[0] = (byte)filter;
        long sum = 0;
        for (int x = 0; x < row.Length; x++)
        {
            int left = x < channels ? 0 : row[x - channels];
            int up = above[x];
            int upperLeft = x < channels ? 0 : above[x - channels];
            int prediction = filter switch
            {
                0 => 0,
                1 => left,
                2 => up,
                3 => (left + up) >> 1,
                _ => Paeth(left, up, upperLeft),
            };
            byte value = (byte)(row[x] - prediction);
            output[x + 1] = value;
            sum += Math.Abs((int)(sbyte)value);
        }

        return sum;
    }

    private static int Paeth(int left, int up, int upperLeft)
    {
        int toLeft = Math.Abs(up - upperLeft);
        int toUp = Math.Abs(left - upperLeft);
        int toUpperLeft = Math.Abs(left + up - 2 * upperLeft);
        return toLeft <= toUp && toLeft <= toUpperLeft ? left : toUp <= toUpperLeft ? up : upperLeft;
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~UpdateCrc(UpdateCrc(uint.MaxValue, type), content));
        stream.Write(number);
    }

    private static uint UpdateCrc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            crc = CrcTable[(crc ^ value) & 0xFF] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
