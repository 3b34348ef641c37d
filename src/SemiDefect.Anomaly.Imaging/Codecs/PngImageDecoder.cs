using System.Buffers.Binary;
using System.IO.Compression;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Decodes PNG (ISO/IEC 15948) with all color types, depths and Adam7. Implemented here because 16-bit samples must be
/// rounded by one rule and a truncated file must be rejected. Transparency, gamma and profiles are ignored. Stateless.
/// </summary>
internal sealed class PngImageDecoder : IImageDecoder
{
    // The maximum expansion of Deflate: 258 bytes from 2 bits (RFC 1951).
    private const int MaxExpansion = 1032;

    private const int PaletteType = 3;
    private const int ReadAtOnce = 1 << 16;

    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private static readonly (int X, int Y, int StepX, int StepY)[] OnePass = [(0, 0, 1, 1)];

    public bool Recognizes(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);

    public ImageFileInfo Describe(ReadOnlySpan<byte> bytes, string name) =>
        bytes.Length < 26
            ? throw new ImageFormatException($"'{name}' is a damaged PNG image: it ends too early; export it again.")
            : new ImageFileInfo("png", bytes[25] == PaletteType ? 8 : bytes[24], 1);

    public Image Decode(ReadOnlyMemory<byte> bytes, string name, ImageReading reading, WideSamples wide)
    {
        PngChunks chunks = PngChunks.Read(bytes, name, reading.Limits);
        long compressed = chunks.Data.Sum(piece => (long)piece.Length);
        if ((long)chunks.RowBytes(chunks.Width) * chunks.Height > compressed * MaxExpansion)
        {
            throw chunks.Error("ends too early");
        }

        byte[] rgb = GC.AllocateUninitializedArray<byte>(3 * chunks.Width * chunks.Height);
        try
        {
            using var inflated = new ZLibStream(new MemoryChainStream(chunks.Data), CompressionMode.Decompress);
            foreach ((int x, int y, int stepX, int stepY) in chunks.IsInterlaced ? Adam7 : OnePass)
            {
                ReadPass(chunks, inflated, rgb, (x, y, stepX, stepY), wide);
            }

            // The checksum follows the last pixel, and is verified when the end is read.
            if (inflated.ReadByte() != -1)
            {
                throw chunks.Error("has more pixels than its header says");
            }
        }
        catch (EndOfStreamException error)
        {
            throw chunks.Error("ends too early", error);
        }
        catch (InvalidDataException error)
        {
            throw chunks.Error("has pixels that cannot be decompressed", error);
        }

        return Orientation.Apply(chunks.Width, chunks.Height, rgb, chunks.Orientation);
    }

    private static void ReadPass(
        PngChunks chunks,
        Stream inflated,
        byte[] rgb,
        (int X, int Y, int StepX, int StepY) pass,
        WideSamples wide)
    {
        (int x, int y, int stepX, int stepY) = pass;
        int width = (chunks.Width - x + stepX - 1) / stepX;
        int height = (chunks.Height - y + stepY - 1) / stepY;
        if (width <= 0 || height <= 0)
        {
            return;
        }

        int rowBytes = chunks.RowBytes(width);
        int pixelBytes = Math.Max(1, chunks.Channels * chunks.Depth / 8);

        // Some rows at a time, because each read has a cost of its own. The filter type precedes the row.
        int lineBytes = 1 + rowBytes;
        int rowsAtOnce = Math.Clamp(ReadAtOnce / lineBytes, 1, height);
        byte[] lines = new byte[rowsAtOnce * lineBytes];
        byte[] last = new byte[rowBytes];
        for (int i = 0; i < height; i += rowsAtOnce)
        {
            int rows = Math.Min(rowsAtOnce, height - i);
            inflated.ReadExactly(lines, 0, rows * lineBytes);
            ReadOnlySpan<byte> previous = last;
            for (int j = 0; j < rows; j++)
            {
                Span<byte> row = lines.AsSpan(j * lineBytes + 1, rowBytes);
                if (!PngFilter.Undo(lines[j * lineBytes], row, previous, pixelBytes))
                {
                    throw chunks.Error("uses a filter that does not exist");
                }

                int target = 3 * ((y + (i + j) * stepY) * chunks.Width + x);
                ConvertRow(chunks, row, width, rgb.AsSpan(target), 3 * stepX, wide);
                previous = row;
            }

            previous.CopyTo(last);
        }
    }

    private static void ConvertRow(
        PngChunks chunks,
        ReadOnlySpan<byte> row,
        int width,
        Span<byte> rgb,
        int step,
        WideSamples wide)
    {
        int channels = chunks.Channels;
        if (chunks.Depth == 8 && channels == 3 && step == 3)
        {
            row.CopyTo(rgb);
        }
        else if (chunks.Depth == 8 && channels == 1 && step == 3 && !chunks.HasPalette)
        {
            for (int i = 0; i < width; i++)
            {
                rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = row[i];
            }
        }
        else if (chunks.HasPalette)
        {
            ConvertPalette(chunks, row, width, rgb, step);
        }
        else if (chunks.Depth < 8)
        {
            int factor = Samples.FactorTo8Bits(chunks.Depth);
            for (int i = 0; i < width; i++)
            {
                rgb.Slice(i * step, 3).Fill((byte)(Samples.Packed(row, i, chunks.Depth) * factor));
            }
        }
        else
        {
            // Gray repeats its only sample; alpha, the last of two or four samples, is skipped.
            bool isWide = chunks.Depth == 16;
            int stride = isWide ? 2 * channels : channels;
            int sampleBytes = isWide ? 2 : 1;
            int toNext = channels >= 3 ? sampleBytes : 0;
            for (int i = 0, source = 0, target = 0; i < width; i++, source += stride, target += step)
            {
                rgb[target] = Sample(row, source, isWide ? wide : null);
                rgb[target + 1] = Sample(row, source + toNext, isWide ? wide : null);
                rgb[target + 2] = Sample(row, source + 2 * toNext, isWide ? wide : null);
            }
        }
    }

    private static byte Sample(ReadOnlySpan<byte> row, int position, WideSamples? wide) =>
        wide is null ? row[position] : wide.Convert(BinaryPrimitives.ReadUInt16BigEndian(row[position..]));

    private static void ConvertPalette(PngChunks chunks, ReadOnlySpan<byte> row, int width, Span<byte> rgb, int step)
    {
        ReadOnlySpan<byte> palette = chunks.Palette.Span;
        for (int i = 0; i < width; i++)
        {
            int entry = 3 * Samples.Packed(row, i, chunks.Depth);
            if (entry >= palette.Length)
            {
                throw chunks.Error("uses a color that its palette does not have");
            }

            palette.Slice(entry, 3).CopyTo(rgb[(i * step)..]);
        }
    }
}
