using ILGPU;

namespace SemiDefect.Anomaly.Gpu.Kernels;

/// <summary>
/// Merges the lists that <see cref="SearchKernel"/> found in the parts of the bank into one: one thread per query,
/// which leaves a part's list as soon as it has no smaller keys to offer. Equal keys keep the order of the parts, which
/// is that of the rows. Stateless.
/// </summary>
internal static class MergeKernel
{
    /// <summary>Runs with one group of <see cref="SearchKernel.TileQueries"/> threads per tile.</summary>
    /// <param name="partKeys">parts x slots x queries, ascending by slot.</param>
    /// <param name="partRows">Their rows.</param>
    /// <param name="keys">Receives slots x queries, ascending by slot.</param>
    /// <param name="rows">Receives their rows; -1 if there are fewer.</param>
    /// <param name="tiles">The number of tiles.</param>
    /// <param name="parts">The number of parts.</param>
    public static void Run<TLength>(
        ArrayView<float> partKeys,
        ArrayView<int> partRows,
        ArrayView<float> keys,
        ArrayView<int> rows,
        int tiles,
        int parts)
        where TLength : struct, IListLength
    {
        int slots = default(TLength).Slots;
        int thread = Group.IdxX;
        int tile = Grid.IdxX;
        int queries = tiles * SearchKernel.TileQueries;
        ArrayView<float> listKeys = SharedMemory.Allocate<float>(slots * SearchKernel.TileQueries);
        ArrayView<int> listRows = SharedMemory.Allocate<int>(slots * SearchKernel.TileQueries);
        NearestLists.Clear(listKeys, listRows, thread, slots);
        float limit = float.PositiveInfinity;
        for (int part = 0; part < parts; part++)
        {
            long source = (long)part * slots * queries + tile * SearchKernel.TileQueries + thread;
            for (int slot = 0; slot < slots; slot++)
            {
                float key = partKeys[source + (long)slot * queries];
                if (key >= limit)
                {
                    break;
                }

                limit = NearestLists.Insert(
                    listKeys, listRows, thread, slots, key, partRows[source + (long)slot * queries]);
            }
        }

        NearestLists.Store(listKeys, listRows, thread, slots, keys, rows, tile * SearchKernel.TileQueries, queries);
    }
}
