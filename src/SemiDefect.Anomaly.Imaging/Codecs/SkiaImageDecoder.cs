using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SkiaSharp;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>Decodes JPEG, BMP and WebP with SkiaSharp, without color management. Stateless.</summary>
internal sealed unsafe class SkiaImageDecoder : IImageDecoder
{
    // Huffman coding takes at least one bit for the DC of an 8 x 8 block: 512 pixels per byte (ITU-T T.81); with some
    // margin.
    private const int MaxJpegPixelsPerByte = 4096;

    public bool Recognizes(ReadOnlySpan<byte> bytes) => FormatOf(bytes) is not null;

    public ImageFileInfo Describe(ReadOnlySpan<byte> bytes, string name) =>
        new(FormatOf(bytes)!.ToLowerInvariant(), 8, 1);

    public Image Decode(ReadOnlyMemory<byte> bytes, string name, ImageReading reading, WideSamples wide)
    {
        string format = FormatOf(bytes.Span)!;
        if (format == "WebP" && BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[4..]) > bytes.Length - 8)
        {
            // The orientation comes last, and its loss would go unnoticed.
            throw Damaged(name, format, "it ends too early");
        }

        fixed (byte* start = bytes.Span)
        {
            using SKData data = SKData.Create((nint)start, bytes.Length);
            using var codec = SKCodec.Create(data);
            if (codec is null)
            {
                throw Damaged(name, format, "its header cannot be read");
            }

            SKImageInfo stored = codec.Info;
            reading.Limits.Check(name, stored.Width, stored.Height);
            CheckAgainstLength(bytes.Span, name, format, stored.Width, stored.Height);
            if (format == "JPEG" && JpegCheck.FindFault(bytes.Span, (stored.Width, stored.Height)) is { } fault)
            {
                throw Damaged(name, format, $"it {fault}");
            }

            int orientation = format switch
            {
                "JPEG" => ExifBlock.OrientationOfJpeg(bytes.Span),
                "WebP" => ExifBlock.OrientationOfWebP(bytes.Span),
                _ => Orientation.Upright,
            };
            (byte[] rgb, int width, int height) = Decode(codec, name, format, stored.Width, stored.Height);
            return Orientation.Apply(width, height, rgb, orientation);
        }
    }

    private static (byte[] Rgb, int Width, int Height) Decode(
        SKCodec codec,
        string name,
        string format,
        int width,
        int height)
    {
        // Unpremultiplied, so that dropping alpha leaves the stored colors; without a color space, so that none is
        // converted.
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
        byte* rgba = (byte*)NativeMemory.AllocZeroed((nuint)width * (nuint)height, 4);
        try
        {
            SKCodecResult result = codec.GetPixels(info, (nint)rgba);
            if (result != SKCodecResult.Success)
            {
                throw Damaged(
                    name,
                    format,
                    result == SKCodecResult.IncompleteInput ? "it ends too early" : "its pixels cannot be decoded");
            }

            byte[] rgb = GC.AllocateUninitializedArray<byte>(3 * width * height);
            DropAlpha(rgba, rgb);
            return (rgb, width, height);
        }
        finally
        {
            NativeMemory.Free(rgba);
        }
    }

    private static void DropAlpha(byte* rgba, Span<byte> rgb)
    {
        int i = 0;
        int source = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            // Four pixels at a time; of the 16 bytes written, the next ones replace the last four.
            Vector128<byte> colors =
                Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
            for (; i + 16 <= rgb.Length; i += 12, source += 16)
            {
                Vector128.Shuffle(Vector128.Load(rgba + source), colors).CopyTo(rgb[i..]);
            }
        }

        for (; i + 2 < rgb.Length; i += 3, source += 4)
        {
            rgb[i] = rgba[source];
            rgb[i + 1] = rgba[source + 1];
            rgb[i + 2] = rgba[source + 2];
        }
    }

    /// <summary>Rejects sizes for which the file is too short, before memory is allocated.</summary>
    private static void CheckAgainstLength(ReadOnlySpan<byte> bytes, string name, string format, int width, int height)
    {
        long least = format switch
        {
            "JPEG" => (long)width * height / MaxJpegPixelsPerByte,
            "BMP" when IsUncompressed(bytes, out int depth) => ((long)width * depth + 31) / 32 * 4 * height,
            _ => 0,
        };
        if (bytes.Length < least)
        {
            throw Damaged(name, format, "it ends too early");
        }
    }

    // BITMAPINFOHEADER and its successors: depth at 28, compression at 30 (0 none, 3 bit fields).
    private static bool IsUncompressed(ReadOnlySpan<byte> bytes, out int depth)
    {
        depth = bytes.Length < 34 ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]);
        return bytes.Length >= 34
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]) >= 40
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[30..]) is 0 or 3;
    }

    private static string? FormatOf(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "JPEG"
        : bytes.StartsWith("BM"u8) ? "BMP"
        : bytes.StartsWith("RIFF"u8) && bytes.Length >= 12 && bytes[8..12].SequenceEqual("WEBP"u8) ? "WebP"
        : null;

    private static ImageFormatException Damaged(string name, string format, string what) =>
        new($"'{name}' is a damaged {format} image: {what}; export it again.");
}
