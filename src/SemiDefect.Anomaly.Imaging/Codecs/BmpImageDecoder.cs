using System.Buffers.Binary;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Decodes run-length encoded bitmaps, and bitmaps of 16 bits per pixel. Skia shows gaps in runs as black, and rounds
/// 16-bit colors in another way than Windows and Pillow do. Others are left to <see cref="SkiaImageDecoder"/>.
/// Stateless.
/// </summary>
internal sealed class BmpImageDecoder : IImageDecoder
{
    private const int FileHeader = 14;
    private const int InfoHeader = 40;
    private const int None = 0;
    private const int Rle8 = 1;
    private const int Rle4 = 2;
    private const int BitFields = 3;

    // A pair of bytes covers at most 255 pixels, and gaps some more.
    private const int MostPixelsPerByte = 4096;

    public bool Recognizes(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("BM"u8)
        && bytes.Length >= FileHeader + InfoHeader
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]) >= InfoHeader
        && (BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[30..]))
            is (8, Rle8) or (4, Rle4) or (16, None or BitFields);

    public ImageFileInfo Describe(ReadOnlySpan<byte> bytes, string name) => new("bmp", 8, 1);

    public Image Decode(ReadOnlyMemory<byte> bytes, string name, ImageReading reading, WideSamples wide)
    {
        ReadOnlySpan<byte> file = bytes.Span;
        int width = BinaryPrimitives.ReadInt32LittleEndian(file[18..]);
        int height = BinaryPrimitives.ReadInt32LittleEndian(file[22..]);
        bool isTopDown = height < 0;
        reading.Limits.Check(name, width, Math.Abs((long)height));
        height = Math.Abs(height);
        int depth = BinaryPrimitives.ReadUInt16LittleEndian(file[28..]);
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
        if (start > file.Length || (long)width * height > (long)file.Length * MostPixelsPerByte)
        {
            throw Damaged(name, "it ends too early");
        }

        byte[] rgb;
        if (depth == 16)
        {
            rgb = ReadPixels(file, (int)start, width, height, name);
        }
        else if (isTopDown)
        {
            throw Damaged(name, "its runs begin at the top");
        }
        else
        {
            rgb = ReadRuns(file, (int)start, width, height, depth, name);
        }

        if (!isTopDown)
        {
            TurnUp(rgb, width, height);
        }

        return new Image(width, height, rgb);
    }

    private static byte[] ReadRuns(ReadOnlySpan<byte> file, int start, int width, int height, int depth, string name)
    {
        // What no run covers is of the first color.
        byte[] indexes = new byte[width * height];
        if (!BmpRuns.Read(file[start..], indexes, width, height, depth))
        {
            throw Damaged(name, "it ends too early");
        }

        byte[] palette = new byte[3 * 256];
        long at = FileHeader + (long)BinaryPrimitives.ReadUInt32LittleEndian(file[14..]);
        uint used = BinaryPrimitives.ReadUInt32LittleEndian(file[46..]);
        long entries = used is 0 or > 256 ? 1 << depth : used;
        for (int i = 0; i < entries && at + 4 * i + 4 <= start; i++)
        {
            ReadOnlySpan<byte> color = file.Slice((int)at + 4 * i, 4);
            (palette[3 * i], palette[3 * i + 1], palette[3 * i + 2]) = (color[2], color[1], color[0]);
        }

        byte[] rgb = new byte[3 * indexes.Length];
        for (int i = 0; i < indexes.Length; i++)
        {
            palette.AsSpan(3 * indexes[i], 3).CopyTo(rgb.AsSpan(3 * i));
        }

        return rgb;
    }

    private static byte[] ReadPixels(ReadOnlySpan<byte> file, int start, int width, int height, string name)
    {
        Span<uint> masks = [0x7C00, 0x03E0, 0x001F];
        if (BinaryPrimitives.ReadUInt32LittleEndian(file[30..]) == BitFields)
        {
            if (file.Length < FileHeader + InfoHeader + 12)
            {
                throw Damaged(name, "it ends too early");
            }

            for (int channel = 0; channel < 3; channel++)
            {
                masks[channel] = BinaryPrimitives.ReadUInt32LittleEndian(file[(54 + 4 * channel)..]);
                if (masks[channel] is 0 or > ushort.MaxValue)
                {
                    throw Damaged(name, "its colors have impossible bits");
                }
            }
        }

        int rowBytes = (2 * width + 3) / 4 * 4;
        if ((long)rowBytes * (height - 1) + 2 * width > file.Length - start)
        {
            throw Damaged(name, "it ends too early");
        }

        byte[] rgb = new byte[3 * width * height];
        for (int y = 0, target = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = file.Slice(start + y * rowBytes, 2 * width);
            for (int x = 0; x < width; x++, target += 3)
            {
                uint pixel = BinaryPrimitives.ReadUInt16LittleEndian(row[(2 * x)..]);
                for (int channel = 0; channel < 3; channel++)
                {
                    int shift = System.Numerics.BitOperations.TrailingZeroCount(masks[channel]);
                    uint most = masks[channel] >> shift;
                    rgb[target + channel] = (byte)(((pixel & masks[channel]) >> shift) * 255 / most);
                }
            }
        }

        return rgb;
    }

    private static void TurnUp(byte[] rgb, int width, int height)
    {
        byte[] row = new byte[3 * width];
        for (int y = 0; y < height / 2; y++)
        {
            Span<byte> above = rgb.AsSpan(y * row.Length, row.Length);
            Span<byte> below = rgb.AsSpan((height - 1 - y) * row.Length, row.Length);
            above.CopyTo(row);
            below.CopyTo(above);
            row.CopyTo(below);
        }
    }

    private static ImageFormatException Damaged(string name, string what) =>
        new($"'{name}' is a damaged BMP image: {what}; export it again.");
}
