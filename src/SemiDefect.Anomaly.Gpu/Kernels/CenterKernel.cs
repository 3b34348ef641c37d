using ILGPU;

namespace SemiDefect.Anomaly.Gpu.Kernels;

/// <summary>
/// One step of the greedy coreset: finds the rows whose codes lie within their limits of the newest pick's code. Each
/// thread processes one row. Codes are stored column by column, so that a warp reads 128 adjacent bytes; the pick's
/// code is in shared memory. Few rows are near, so a thread stops as soon as its sum is too large, which it tests every
/// <see cref="ColumnsPerTest"/> columns. Stateless.
/// </summary>
internal static class CenterKernel
{
    /// <summary>
    /// Number of threads in a group: eight warps. A multiprocessor runs several groups, since threads mostly wait for
    /// memory.
    /// </summary>
    public const int GroupSize = 256;

    private const int ColumnsPerTest = 16;

    /// <summary>Finds the rows; their positions are in no particular order.</summary>
    /// <param name="codes">columns x padded values.</param>
    /// <param name="limits">
    /// The largest squared distances that matter, by position; lower than any distance for padding.
    /// </param>
    /// <param name="found">
    /// Receives the number of rows found, followed by their positions; its first element must be 0.
    /// </param>
    /// <param name="pick">The pick's position.</param>
    /// <param name="extra">Added to every limit.</param>
    /// <param name="padded">The number of positions, a multiple of the group size.</param>
    /// <param name="columns">The length of a code, a multiple of 16 and at most the group size.</param>
    public static void Run(
        ArrayView<float> codes,
        ArrayView<float> limits,
        ArrayView<int> found,
        int pick,
        float extra,
        int padded,
        int columns)
    {
        ArrayView<float> center = SharedMemory.Allocate<float>(GroupSize);
        int thread = Group.IdxX;
        int position = Grid.IdxX * GroupSize + thread;
        if (thread < columns)
        {
            center[thread] = codes[(long)thread * padded + pick];
        }

        Group.Barrier();
        float limit = limits[position] + extra;
        float sum = 0;
        for (int first = 0; first < columns && sum < limit; first += ColumnsPerTest)
        {
            for (int column = first; column < first + ColumnsPerTest; column++)
            {
                float difference = center[column] - codes[(long)column * padded + position];
                sum += difference * difference;
            }
        }

        if (sum < limit)
        {
            found[1 + Atomic.Add(ref found[0], 1)] = position;
        }
    }

    /// <summary>Updates the limits that were lowered, and clears the list.</summary>
    /// <param name="limits">All limits.</param>
    /// <param name="positions">The positions to change.</param>
    /// <param name="lowered">Their new limits.</param>
    /// <param name="count">The number of positions.</param>
    /// <param name="found">The list to clear.</param>
    public static void Lower(
        ArrayView<float> limits,
        ArrayView<int> positions,
        ArrayView<float> lowered,
        int count,
        ArrayView<int> found)
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
