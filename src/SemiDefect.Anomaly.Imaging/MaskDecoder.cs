using System.Buffers.Binary;
using SemiDefect.Anomaly.Imaging.Codecs;

namespace SemiDefect.Anomaly.Imaging;

/// <summary>
/// Decodes mask images: a pixel is marked if any channel is above 0, at any depth; in a lossy format, whose noise
/// surrounds what was marked, if any channel is 128 or more. Stateless.
/// </summary>
public static class MaskDecoder
{
    private const int LossyLimit = 128;
    private const int TiffCompression = 259;

    /// <summary>Decodes the content of a file: 255 is marked, 0 is not, row by row from the top.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">The name of the file in messages.</param>
    /// <param name="limits">The limits; <see cref="ImageLimits.Default"/> if null.</param>
    /// <exception cref="ImageFormatException">
    /// The content cannot be decoded, or exceeds the limits; the message contains the name and says what to do.
    /// </exception>
    public static (byte[] Values, int Width, int Height) Decode(
        ReadOnlyMemory<byte> bytes,
        string name,
        ImageLimits? limits = null)
    {
        Image image = ImageFile.Decode(
            bytes,
            name,
            new ImageReading { Limits = limits ?? ImageLimits.Default },
            new WideSamples(null, keepsMarks: true));
        int limit = IsLossy(bytes.Span) ? LossyLimit : 1;
        byte[] values = new byte[image.Width * image.Height];
        ReadOnlySpan<byte> rgb = image.Rgb;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (byte)(rgb[3 * i] >= limit || rgb[3 * i + 1] >= limit || rgb[3 * i + 2] >= limit ? 255 : 0);
        }

        return (values, image.Width, image.Height);
    }

    private static bool IsLossy(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8])
        || IsLossyWebP(bytes)
        || CompressionOfTiff(bytes) is 6 or 7 or 34_712 or 50_001;

    // Lossy pixels are in a chunk 'VP8 ', lossless ones in 'VP8L'; an extended file has other chunks before it.
    private static bool IsLossyWebP(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith("RIFF"u8) || bytes.Length < 20 || !bytes[8..12].SequenceEqual("WEBP"u8))
        {
            return false;
        }

        for (long at = 12; at + 8 <= bytes.Length;)
        {
            ReadOnlySpan<byte> chunk = bytes.Slice((int)at, 4);
            if (chunk.SequenceEqual("VP8 "u8) || chunk.SequenceEqual("ANMF"u8))
            {
                return true;
            }

            uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[((int)at + 4)..]);
            at += 8 + length + (length & 1);
        }

        return false;
    }

    /// <summary>The compression of the first image of a classic TIFF file; 0 for any other file.</summary>
    private static int CompressionOfTiff(ReadOnlySpan<byte> bytes)
    {
        bool isLittle = bytes.StartsWith("II*\0"u8);
        if ((!isLittle && !bytes.StartsWith("MM\0*"u8)) || bytes.Length < 8)
        {
            return 0;
        }

        uint directory = isLittle
            ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..])
            : BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        if (directory > bytes.Length - 2)
        {
            return 0;
        }

        int count = Short(bytes[(int)directory..], isLittle);
        for (int i = 0; i < count && directory + 2 + 12L * i <= bytes.Length - 12; i++)
        {
            ReadOnlySpan<byte> entry = bytes.Slice((int)directory + 2 + 12 * i, 12);
            if (Short(entry, isLittle) == TiffCompression)
            {
                return Short(entry[8..], isLittle);
            }
        }

        return 0;
    }

    private static int Short(ReadOnlySpan<byte> bytes, bool isLittle) => isLittle
        ? BinaryPrimitives.ReadUInt16LittleEndian(bytes)
        : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
