using ILGPU;

namespace SemiDefect.Anomaly.Gpu.Kernels;

/// <summary>
/// The rows with the smallest keys of each query of a tile, in ascending order, in shared memory. Stored slot by slot,
/// so that the threads of a warp, each with its own query, never have bank conflicts, whatever slots they access.
/// Stateless.
/// </summary>
internal static class NearestLists
{
    /// <summary>Clears the list of a thread's query; threads beyond the last query have none.</summary>
    public static void Clear(ArrayView<float> keys, ArrayView<int> rows, int thread, int slots)
    {
        if (thread < SearchKernel.TileQueries)
        {
            for (int slot = 0; slot < slots; slot++)
            {
                keys[slot * SearchKernel.TileQueries + thread] = float.PositiveInfinity;
                rows[slot * SearchKernel.TileQueries + thread] = -1;
            }
        }
    }

    /// <summary>Inserts a row at its place; its key must be smaller than the last one's.</summary>
    /// <returns>The last key.</returns>
    public static float Insert(ArrayView<float> keys, ArrayView<int> rows, int thread, int slots, float key, int row)
    {
        int slot = slots - 1;
        while (slot > 0 && keys[(slot - 1) * SearchKernel.TileQueries + thread] > key)
        {
            keys[slot * SearchKernel.TileQueries + thread] = keys[(slot - 1) * SearchKernel.TileQueries + thread];
            rows[slot * SearchKernel.TileQueries + thread] = rows[(slot - 1) * SearchKernel.TileQueries + thread];
            slot--;
        }

        keys[slot * SearchKernel.TileQueries + thread] = key;
        rows[slot * SearchKernel.TileQueries + thread] = row;
        return keys[(slots - 1) * SearchKernel.TileQueries + thread];
    }

    /// <summary>Writes the list of a thread's query, slot i at offset + i x stride + thread.</summary>
    public static void Store(
        ArrayView<float> keys,
        ArrayView<int> rows,
        int thread,
        int slots,
        ArrayView<float> targetKeys,
        ArrayView<int> targetRows,
        long offset,
        long stride)
    {
        if (thread < SearchKernel.TileQueries)
        {
            for (int slot = 0; slot < slots; slot++)
            {
                targetKeys[offset + slot * stride + thread] = keys[slot * SearchKernel.TileQueries + thread];
                targetRows[offset + slot * stride + thread] = rows[slot * SearchKernel.TileQueries + thread];
            }
        }
    }
}
