using System.Buffers.Binary;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Finds the EXIF block of JPEG and WebP files. Skia's own reading knows one kind of number only. Stateless.
/// </summary>
internal static class ExifBlock
{
    private const int StartOfScan = 0xDA;
    private const int EndOfImage = 0xD9;
    private const int App1 = 0xE1;

    /// <summary>The orientation of a JPEG file: that of its first APP1 segment with EXIF.</summary>
    public static int OrientationOfJpeg(ReadOnlySpan<byte> bytes)
    {
        int position = 2;
        while (position + 4 <= bytes.Length && bytes[position] == 0xFF)
        {
            int marker = bytes[position + 1];
            if (marker == 0xFF)
            {
                position++;
                continue;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(position + 2)..]);
            if (marker is StartOfScan or EndOfImage || length < 2 || position + 2 + length > bytes.Length)
            {
                break;
            }

            ReadOnlySpan<byte> segment = bytes.Slice(position + 4, length - 2);
            if (marker == App1 && segment.StartsWith("Exif\0"u8))
            {
                return Orientation.FromExif(segment);
            }

            position += 2 + length;
        }

        return Orientation.Upright;
    }

    /// <summary>The orientation of a WebP file: that of its EXIF chunk.</summary>
    public static int OrientationOfWebP(ReadOnlySpan<byte> bytes)
    {
        for (long at = 12; at + 8 <= bytes.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[((int)at + 4)..]);
            if (bytes.Slice((int)at, 4).SequenceEqual("EXIF"u8) && length <= bytes.Length - at - 8)
            {
                return Orientation.FromExif(bytes.Slice((int)at + 8, (int)length));
            }

            at += 8 + (long)length + (length & 1);
        }

        return Orientation.Upright;
    }
}
