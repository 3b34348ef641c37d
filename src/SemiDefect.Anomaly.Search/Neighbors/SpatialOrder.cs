using System.Runtime.CompilerServices;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// Orders rows so that spatial neighbors are near each other: splits the rows at the median of the coordinate with the
/// largest variance, recursively (the leaves of a k-d tree, Bentley 1975). Ties go to the lowest row, so the order is
/// the same on every machine. Stateless. Memory: 12 bytes per row while running, 4 in the result.
/// </summary>
internal static unsafe class SpatialOrder
{
    private const int RowsPerTask = 1 << 14;

    /// <summary>Orders the rows.</summary>
    /// <param name="coordinates">The first coordinate of the first row.</param>
    /// <param name="stride">The distance from one row to the next.</param>
    /// <param name="dimensions">The number of coordinates to consider.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="leaf">Rows are kept together in runs of this length, which start at multiples of it.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="cancellationToken">Stops between splits.</param>
    public static int[] Of(
        float* coordinates,
        int stride,
        int dimensions,
        int rows,
        int leaf,
        int threads,
        CancellationToken cancellationToken)
    {
        int[] order = new int[rows];
        for (int row = 0; row < rows; row++)
        {
            order[row] = row;
        }

        float[] keys = new float[rows];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Split(coordinates, stride, dimensions, order, keys, 0, rows, leaf, options);
        return order;
    }

    private static void Split(
        float* coordinates,
        int stride,
        int dimensions,
        int[] order,
        float[] keys,
        int start,
        int end,
        int leaf,
        ParallelOptions options)
    {
        options.CancellationToken.ThrowIfCancellationRequested();
        int count = end - start;
        if (count <= leaf)
        {
            return;
        }

        int axis = WidestAxis(coordinates, stride, dimensions, order.AsSpan(start, count));
        for (int i = start; i < end; i++)
        {
            keys[i] = coordinates[(long)order[i] * stride + axis];
        }

        int middle = start + (count / 2 + leaf - 1) / leaf * leaf;
        Select(keys, order, start, end - 1, middle);
        if (count > RowsPerTask)
        {
            Parallel.Invoke(
                options,
                () => Split(coordinates, stride, dimensions, order, keys, start, middle, leaf, options),
                () => Split(coordinates, stride, dimensions, order, keys, middle, end, leaf, options));
        }
        else
        {
            Split(coordinates, stride, dimensions, order, keys, start, middle, leaf, options);
            Split(coordinates, stride, dimensions, order, keys, middle, end, leaf, options);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int WidestAxis(float* coordinates, int stride, int dimensions, ReadOnlySpan<int> rows)
    {
        // In large groups, every eighth row is representative enough.
        int step = rows.Length > 4096 ? 8 : 1;
        Span<double> sums = stackalloc double[dimensions];
        Span<double> squares = stackalloc double[dimensions];
        sums.Clear();
        squares.Clear();
        int seen = 0;
        for (int i = 0; i < rows.Length; i += step, seen++)
        {
            float* row = coordinates + (long)rows[i] * stride;
            for (int axis = 0; axis < dimensions; axis++)
            {
                double value = row[axis];
                sums[axis] += value;
                squares[axis] += value * value;
            }
        }

        int widest = 0;
        double largest = -1;
        for (int axis = 0; axis < dimensions; axis++)
        {
            double variance = squares[axis] - sums[axis] * sums[axis] / seen;
            if (variance > largest)
            {
                largest = variance;
                widest = axis;
            }
        }

        return widest;
    }

    /// <summary>Partial sorting (Hoare's selection): afterwards, no element before the middle sorts after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Select(float[] keys, int[] order, int left, int right, int middle)
    {
        while (left < right)
        {
            (float pivotKey, int pivotRow) = MedianOfThree(keys, order, left, right);
            int i = left;
            int j = right;
            while (i <= j)
            {
                while (Precedes(keys[i], order[i], pivotKey, pivotRow))
                {
                    i++;
                }

                while (Precedes(pivotKey, pivotRow, keys[j], order[j]))
                {
                    j--;
                }

                if (i <= j)
                {
                    (keys[i], keys[j]) = (keys[j], keys[i]);
                    (order[i], order[j]) = (order[j], order[i]);
                    i++;
                    j--;
                }
            }

            if (middle <= j)
            {
                right = j;
            }
            else if (middle >= i)
            {
                left = i;
            }
            else
            {
                return;
            }
        }
    }

    private static (float Key, int Row) MedianOfThree(float[] keys, int[] order, int left, int right)
    {
        int center = left + (right - left) / 2;
        (float Key, int Row) a = (keys[left], order[left]);
        (float Key, int Row) b = (keys[center], order[center]);
        (float Key, int Row) c = (keys[right], order[right]);
        if (Precedes(b.Key, b.Row, a.Key, a.Row))
        {
            (a, b) = (b, a);
        }

        return Precedes(c.Key, c.Row, a.Key, a.Row) ? a : Precedes(c.Key, c.Row, b.Key, b.Row) ? c : b;
    }

    private static bool Precedes(float key, int row, float otherKey, int otherRow) =>
        key < otherKey || (key == otherKey && row < otherRow);
}
