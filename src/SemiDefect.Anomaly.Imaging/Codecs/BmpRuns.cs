namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>Expands the runs of a bitmap of 4 or 8 bits (BI_RLE4 and BI_RLE8). Stateless.</summary>
internal static class BmpRuns
{
    private const int EndOfRow = 0;
    private const int EndOfBitmap = 1;
    private const int Delta = 2;

    /// <summary>
    /// Expands runs to one byte per pixel, from the bottom row up; what no run covers stays as it is.
    /// </summary>
    /// <returns>Whether the data end where they should: by their mark, or with the last pixel.</returns>
    public static bool Read(ReadOnlySpan<byte> data, byte[] indexes, int width, int height, int depth)
    {
        int x = 0;
        int y = 0;
        int position = 0;
        while (position + 2 <= data.Length)
        {
            int count = data[position];
            int value = data[position + 1];
            position += 2;
            if (count > 0)
            {
                for (int i = 0; i < count; i++)
                {
                    Put(indexes, width, height, x++, y, Index(value, i, depth));
                }
            }
            else if (value == EndOfBitmap)
            {
                return true;
            }
            else if (value == EndOfRow)
            {
                (x, y) = (0, y + 1);
            }
            else if (value == Delta)
            {
                if (position + 2 > data.Length)
                {
                    return false;
                }

                x += data[position];
                y += data[position + 1];
                position += 2;
            }
            else
            {
                // Single pixels, filled up to an even number of bytes.
                int bytes = (value * depth + 7) / 8;
                if (position + bytes > data.Length)
                {
                    return false;
                }

                for (int i = 0; i < value; i++)
                {
                    int pair = data[position + i * depth / 8];
                    Put(indexes, width, height, x++, y, Index(pair, i, depth));
                }

                position += bytes + (bytes & 1);
            }

            if (y > height)
            {
                return false;
            }
        }

        return y >= height || (y == height - 1 && x >= width);
    }

    // Of 4 bits, the high ones come first.
    private static byte Index(int value, int i, int depth) =>
        (byte)(depth == 8 ? value : i % 2 == 0 ? value >> 4 : value & 15);

    // Pixels beyond the row are dropped, as Windows does.
    private static void Put(byte[] indexes, int width, int height, int x, int y, byte index)
    {
        if (x < width && y < height)
        {
            indexes[y * width + x] = index;
        }
    }
}
