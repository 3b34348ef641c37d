using ILGPU;

namespace SemiDefect.Anomaly.Gpu.Kernels;

/// <summary>
/// One step of the greedy coreset: which rows' images lie within the rows' limits of the newest pick's. A thread has one row. Images lie column after
/// column, so that a warp reads 128 bytes side by side; the pick's image is in shared memory. Few rows are near, so the sum is left as soon
/// as it is too large: that is tested every <see cref="ColumnsPerTest"/> columns.
/// </summary>
internal static class CenterKernel
{
    /// <summary>Threads in a group: eight warps, of which a multiprocessor holds several, since there is only memory to wait for.</summary>
    public const int GroupSize = 256;

    private const int ColumnsPerTest = 16;

    /// <summary>Finds the rows, whose positions come in no particular order.</summary>
    /// <param name="images">columns x padded numbers.</param>
    /// <param name="limits">The largest squared distance that matters, by position; below any for positions that only fill up.</param>
    /// <param name="found">Receives the number found, and from place 1 on their positions; starts with 0.</param>
    /// <param name="pick">The pick's position.</param>
    /// <param name="extra">Added to every limit.</param>
    /// <param name="padded">The number of positions, a multiple of the group.</param>
    /// <param name="columns">Numbers in an image, a multiple of 16 and at most the group.</param>
    public static void Run(ArrayView<float> images, ArrayView<float> limits, ArrayView<int> found, int pick, float extra, int padded, int columns)
    {
        ArrayView<float> center = SharedMemory.Allocate<float>(GroupSize);
        int thread = Group.IdxX;
        int position = Grid.IdxX * GroupSize + thread;
        if (thread < columns)
        {
            center[thread] = images[(long)thread * padded + pick];
        }

        Group.Barrier();
        float limit = limits[position] + extra;
        float sum = 0;
        for (int first = 0; first < columns && sum < limit; first += ColumnsPerTest)
        {
            for (int column = first; column < first + ColumnsPerTest; column++)
            {
                float difference = center[column] - images[(long)column * padded + position];
                sum += difference * difference;
            }
        }

        if (sum < limit)
        {
            found[1 + Atomic.Add(ref found[0], 1)] = position;
        }
    }

    /// <summary>Sets the limits that were lowered, and empties the list.</summary>
    /// <param name="limits">All limits.</param>
    /// <param name="positions">The positions to change.</param>
    /// <param name="lowered">Their limits.</param>
    /// <param name="count">How many.</param>
    /// <param name="found">The list.</param>
    public static void Lower(ArrayView<float> limits, ArrayView<int> positions, ArrayView<float> lowered, int count, ArrayView<int> found)
    {
        int i = Grid.IdxX * GroupSize + Group.IdxX;
        if (i < count)
        {
            limits[positions[i]] = lowered[i];
        }

        if (i == 0)
        {
            found[0] = 0;
        }
    }
}
