using System.Numerics;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>Reverses the row filters of PNG (ISO/IEC 15948, clause 9). Stateless.</summary>
internal static class PngFilter
{
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
                for (int i = step; i < row.Length; i++)
                {
                    row[i] += row[i - step];
                }

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

    private static void UndoAverage(Span<byte> row, ReadOnlySpan<byte> previous, int step)
    {
        int first = Math.Min(step, row.Length);
        for (int i = 0; i < first; i++)
        {
            row[i] += (byte)(previous[i] >> 1);
        }

        for (int i = step; i < row.Length; i++)
        {
            row[i] += (byte)((row[i - step] + previous[i]) >> 1);
        }
    }

    private static void UndoPaeth(Span<byte> row, ReadOnlySpan<byte> previous, int step)
    {
        int first = Math.Min(step, row.Length);
        for (int i = 0; i < first; i++)
        {
            row[i] += previous[i];
        }

        for (int i = step; i < row.Length; i++)
        {
            int left = row[i - step];
            int up = previous[i];
            int upLeft = previous[i - step];
            int toLeft = Math.Abs(up - upLeft);
            int toUp = Math.Abs(left - upLeft);
            int toUpLeft = Math.Abs(left + up - 2 * upLeft);
            int nearest = toLeft <= toUp && toLeft <= toUpLeft ? left : toUp <= toUpLeft ? up : upLeft;
            row[i] += (byte)nearest;
        }
    }
}
