using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>Reverses the row filters of PNG (ISO/IEC 15948, clause 9). Stateless.</summary>
internal static class PngFilter
{
    // The bytes that are read for a pixel of up to this size; the last pixels of a row are left to the scalar code.
    private const int PixelRead = 8;

    /// <summary>Restores <paramref name="row"/> in place.</summary>
    /// <param name="type">The filter, 0 to 4.</param>
    /// <param name="row">The filtered bytes.</param>
    /// <param name="previous">
    /// The restored row above (zeros for the first row); as long as <paramref name="row"/>.
    /// </param>
    /// <param name="step">Bytes per pixel, at least 1.</param>
    /// <returns>False if there is no such filter.</returns>
    public static bool Undo(int type, Span<byte> row, ReadOnlySpan<byte> previous, int step)
    {
        switch (type)
        {
            case 0:
                return true;
            case 1:
                UndoSub(row, step);
                return true;
            case 2:
                UndoUp(row, previous);
                return true;
            case 3:
                UndoAverage(row, previous, step);
                return true;
            case 4:
                UndoPaeth(row, previous, step);
                return true;
            default:
                return false;
        }
    }

    private static void UndoUp(Span<byte> row, ReadOnlySpan<byte> previous)
    {
        int i = 0;
        for (; i <= row.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            (new Vector<byte>(row[i..]) + new Vector<byte>(previous[i..])).CopyTo(row[i..]);
        }

        for (; i < row.Length; i++)
        {
            row[i] += previous[i];
        }
    }

    private static void UndoSub(Span<byte> row, int step)
    {
        for (int i = step; i < row.Length; i++)
        {
            row[i] += row[i - step];
        }
    }

    private static void UndoAverage(Span<byte> row, ReadOnlySpan<byte> previous, int step)
    {
        int first = Math.Min(step, row.Length);
        for (int i = 0; i < first; i++)
        {
            row[i] += (byte)(previous[i] >> 1);
        }

        int position = step;
        if (HasFastPixels(step))
        {
            Vector128<ushort> left = Pixel(row);
            for (; position <= row.Length - PixelRead; position += step)
            {
                Vector128<ushort> mean = (left + Pixel(previous[position..])) >>> 1;
                left = Store(Pixel(row[position..]) + mean, row[position..], step);
            }
        }

        for (; position < row.Length; position++)
        {
            row[position] += (byte)((row[position - step] + previous[position]) >> 1);
        }
    }

    private static void UndoPaeth(Span<byte> row, ReadOnlySpan<byte> previous, int step)
    {
        int first = Math.Min(step, row.Length);
        for (int i = 0; i < first; i++)
        {
            row[i] += previous[i];
        }

        int position = step;
        if (HasFastPixels(step))
        {
            Vector128<short> left = Pixel(row).AsInt16();
            Vector128<short> upLeft = Pixel(previous).AsInt16();
            for (; position <= row.Length - PixelRead; position += step)
            {
                Vector128<short> up = Pixel(previous[position..]).AsInt16();
                Vector128<short> toLeft = up - upLeft;
                Vector128<short> toUp = left - upLeft;
                Vector128<short> toUpLeft = Vector128.Abs(toLeft + toUp);
                toLeft = Vector128.Abs(toLeft);
                toUp = Vector128.Abs(toUp);
                Vector128<short> smallest = Vector128.Min(toUpLeft, Vector128.Min(toLeft, toUp));
                Vector128<short> nearest = Vector128.ConditionalSelect(
                    Vector128.Equals(smallest, toLeft),
                    left,
                    Vector128.ConditionalSelect(Vector128.Equals(smallest, toUp), up, upLeft));
                left = Store(Pixel(row[position..]) + nearest.AsUInt16(), row[position..], step).AsInt16();
                upLeft = up;
            }
        }

        for (; position < row.Length; position++)
        {
            int left = row[position - step];
            int up = previous[position];
            int upLeft = previous[position - step];
            int toLeft = Math.Abs(up - upLeft);
            int toUp = Math.Abs(left - upLeft);
            int toUpLeft = Math.Abs(left + up - 2 * upLeft);
            int nearest = toLeft <= toUp && toLeft <= toUpLeft ? left : toUp <= toUpLeft ? up : upLeft;
            row[position] += (byte)nearest;
        }
    }

    // Each pixel needs the one before it, so all its samples are computed at once, and without branches, which noise
    // would make unpredictable.
    private static bool HasFastPixels(int step) =>
        step is 1 or 2 or 3 or 4 or 6 or PixelRead && Vector128.IsHardwareAccelerated;

    private static Vector128<ushort> Pixel(ReadOnlySpan<byte> bytes) => bytes.Length >= PixelRead
        ? Vector128.WidenLower(
            Vector128.CreateScalarUnsafe(BinaryPrimitives.ReadUInt64LittleEndian(bytes)).AsByte())
        : default;

    // Writes the bytes of this pixel only: the next one is read from memory while they are on their way. Returns them
    // as samples of the pixel to the left of the next.
    private static Vector128<ushort> Store(Vector128<ushort> samples, Span<byte> target, int step)
    {
        Vector128<ushort> bytes = samples & Vector128.Create((ushort)0xFF);
        ulong value = Vector128.Narrow(bytes, bytes).AsUInt64().ToScalar();
        switch (step)
        {
            case 1:
                target[0] = (byte)value;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)value);
                break;
            case 3:
                BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)value);
                target[2] = (byte)(value >> 16);
                break;
            case 4:
                BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)value);
                break;
            case 6:
                BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)value);
                BinaryPrimitives.WriteUInt16LittleEndian(target[4..], (ushort)(value >> 32));
                break;
            default:
                BinaryPrimitives.WriteUInt64LittleEndian(target, value);
                break;
        }

        return bytes;
    }
}
