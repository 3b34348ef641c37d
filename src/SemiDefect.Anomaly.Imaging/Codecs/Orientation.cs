using System.Buffers.Binary;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// The orientation tag of EXIF 2.3 and TIFF 6.0 (tag 0x0112): 1 upright, 2 mirrored, 3 rotated by 180 degrees, 4 upside
/// down, 5 transposed, 6 needs a clockwise rotation, 7 transverse, 8 needs a counterclockwise rotation. Stateless.
/// </summary>
internal static class Orientation
{
    public const int Upright = 1;
    private const int Tag = 0x0112;
    private const int ShortType = 3;
    private const int LongType = 4;

    /// <summary>Rotates stored pixels upright; unknown values are treated as upright.</summary>
    /// <param name="width">Stored pixels per row.</param>
    /// <param name="height">Stored rows.</param>
    /// <param name="rgb">Stored pixels; owned by the result if no rotation is needed.</param>
    /// <param name="orientation">The value of the tag.</param>
    public static Image Apply(int width, int height, byte[] rgb, int orientation)
    {
        if (orientation is < 2 or > 8)
        {
            return new Image(width, height, rgb);
        }

        bool swapped = orientation >= 5;
        int outputWidth = swapped ? height : width;
        int outputHeight = swapped ? width : height;

        // Stored coordinates of the first output pixel, and the increments of the stored index along an output row and
        // column.
        bool fromRight = orientation is 2 or 3 or 7 or 8;
        bool fromBottom = orientation is 3 or 4 or 6 or 7;
        int stepX = fromRight ? -1 : 1;
        int stepY = fromBottom ? -width : width;
        int first = (fromRight ? width - 1 : 0) + (fromBottom ? (height - 1) * width : 0);
        (int alongRow, int alongColumn) = swapped ? (stepY, stepX) : (stepX, stepY);
        byte[] output = GC.AllocateUninitializedArray<byte>(rgb.Length);
        int target = 0;
        for (int y = 0; y < outputHeight; y++)
        {
            int source = first + y * alongColumn;
            for (int x = 0; x < outputWidth; x++, source += alongRow, target += 3)
            {
                output[target] = rgb[source * 3];
                output[target + 1] = rgb[source * 3 + 1];
                output[target + 2] = rgb[source * 3 + 2];
            }
        }

        return new Image(outputWidth, outputHeight, output);
    }

    /// <summary>
    /// The orientation in an EXIF block (a TIFF header and directory); upright if there is none or it is damaged.
    /// </summary>
    public static int FromExif(ReadOnlySpan<byte> exif)
    {
        if (exif.StartsWith("Exif\0\0"u8))
        {
            exif = exif[6..];
        }

        bool littleEndian = exif.StartsWith("II*\0"u8);
        if (exif.Length < 8 || (!littleEndian && !exif.StartsWith("MM\0*"u8)))
        {
            return Upright;
        }

        uint offset = ReadUInt32(exif[4..], littleEndian);
        if (offset > exif.Length - 2)
        {
            return Upright;
        }

        ReadOnlySpan<byte> directory = exif[(int)offset..];
        int count = ReadUInt16(directory, littleEndian);
        for (int i = 0; i < count && 2 + (i + 1) * 12 <= directory.Length; i++)
        {
            ReadOnlySpan<byte> entry = directory.Slice(2 + i * 12, 12);
            if (ReadUInt16(entry, littleEndian) == Tag)
            {
                return ReadUInt16(entry[2..], littleEndian) switch
                {
                    ShortType => ReadUInt16(entry[8..], littleEndian),
                    LongType => (int)Math.Min(int.MaxValue, ReadUInt32(entry[8..], littleEndian)),
                    _ => Upright,
                };
            }
        }

        return Upright;
    }

    private static ushort ReadUInt16(ReadOnlySpan<byte> bytes, bool littleEndian) =>
        littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes, bool littleEndian) =>
        littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
