using ILGPU;

namespace SemiDefect.Anomaly.Gpu.Kernels;

/// <summary>
/// Computes norm[row] + query . row for every row of a part of the bank and every query of a tile, and keeps the
/// smallest of these for each query: a matrix product whose result is never stored. docs/gpu.md explains the sizes.
/// Stateless.
/// </summary>
/// <remarks>
/// A group of <see cref="GroupSize"/> threads processes <see cref="TileQueries"/> queries and one panel of
/// <see cref="PanelRows"/> rows after another. Each thread has eight queries and eight rows: 64 sums in registers, so
/// that four shared reads of 16 bytes feed 64 multiply-adds. Panels and tiles are stored column by column, as they are
/// needed in shared memory: 128 threads copy <see cref="ChunkColumns"/> columns by three adjacent 16-byte reads each
/// while the previous columns are being multiplied. Then the sums pass through shared memory, 32 rows at a time, to one
/// thread per query, which alone maintains that query's list: no atomics, and the same list in every run.
/// </remarks>
internal static class SearchKernel
{
    /// <summary>Number of queries in a tile.</summary>
    public const int TileQueries = 64;

    /// <summary>Number of rows in a panel.</summary>
    public const int PanelRows = 128;

    /// <summary>Number of threads in a group.</summary>
    public const int GroupSize = 128;

    /// <summary>
    /// Number of concurrent groups per multiprocessor. This leaves 128 of the 65,536 registers for a thread: 64 sums,
    /// 28 values in transit, and addresses.
    /// </summary>
    public const int GroupsPerMultiprocessor = 4;

    /// <summary>Number of columns in shared memory at a time: 6 KiB, twice.</summary>
    public const int ChunkColumns = 8;

    private const int RowQuads = PanelRows / 4;
    private const int QueryQuads = TileQueries / 4;
    private const int RowChunk = ChunkColumns * RowQuads;
    private const int QueryChunk = ChunkColumns * QueryQuads;

    // This many rows take 8 KiB; the two halves of the chunks take 12 KiB.
    private const int StageRows = 32;

    /// <summary>
    /// Runs with tiles x parts groups. The groups of a part are adjacent, so that they find its rows in the cache.
    /// </summary>
    /// <param name="queries">The tiles, each chunks x 8 columns x 64 queries.</param>
    /// <param name="bank">The panels, each chunks x 8 columns x 128 rows.</param>
    /// <param name="norms">The initial value of each row's sum; infinity for rows to ignore.</param>
    /// <param name="keys">Receives parts x slots x queries: the smallest sums, ascending.</param>
    /// <param name="rows">Receives their rows; -1 if there are fewer.</param>
    /// <param name="tiles">The number of tiles.</param>
    /// <param name="panels">The number of panels.</param>
    /// <param name="panelsPerPart">The number of panels of every part; the last part may have fewer.</param>
    /// <param name="chunks">The number of column chunks (eight columns each).</param>
    public static void Run<TLength>(
        ArrayView<Quad> queries,
        ArrayView<Quad> bank,
        ArrayView<Quad> norms,
        ArrayView<float> keys,
        ArrayView<int> rows,
        int tiles,
        int panels,
        int panelsPerPart,
        int chunks)
        where TLength : struct, IListLength
    {
        int slots = default(TLength).Slots;
        int thread = Group.IdxX;
        int tile = Grid.IdxX % tiles;
        int part = Grid.IdxX / tiles;
        int rowLane = thread % 16;
        int queryLane = thread / 16;
        ArrayView<Quad> buffer = SharedMemory.Allocate<Quad>(2 * (RowChunk + QueryChunk));
        ArrayView<float> staged = buffer.Cast<float>();
        ArrayView<float> listKeys = SharedMemory.Allocate<float>(slots * TileQueries);
        ArrayView<int> listRows = SharedMemory.Allocate<int>(slots * TileQueries);
        NearestLists.Clear(listKeys, listRows, thread, slots);
        float limit = float.PositiveInfinity;
        ArrayView<Quad> tileQueries = queries.SubView((long)tile * chunks * QueryChunk, (long)chunks * QueryChunk);
        int end = IntrinsicMath.Min(panels, (part + 1) * panelsPerPart);
        for (int panel = part * panelsPerPart; panel < end; panel++)
        {
            ArrayView<Quad> panelRows = bank.SubView((long)panel * chunks * RowChunk, (long)chunks * RowChunk);
            Quad c00 = default, c01 = default, c10 = default, c11 = default;
            Quad c20 = default, c21 = default, c30 = default, c31 = default;
            Quad c40 = default, c41 = default, c50 = default, c51 = default;
            Quad c60 = default, c61 = default, c70 = default, c71 = default;
            Quad next0 = panelRows[thread];
            Quad next1 = panelRows[thread + GroupSize];
            Quad next2 = tileQueries[thread];
            int current = 0;
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                // One barrier per chunk is enough: a thread that writes here again has passed the next barrier, and so
                // have all readers.
                buffer[current + thread] = next0;
                buffer[current + thread + GroupSize] = next1;
                buffer[current + RowChunk + thread] = next2;
                Group.Barrier();
                if (chunk + 1 < chunks)
                {
                    next0 = panelRows[(chunk + 1) * RowChunk + thread];
                    next1 = panelRows[(chunk + 1) * RowChunk + thread + GroupSize];
                    next2 = tileQueries[(chunk + 1) * QueryChunk + thread];
                }

                for (int column = 0; column < ChunkColumns; column++)
                {
                    Quad r0 = buffer[current + column * RowQuads + rowLane];
                    Quad r1 = buffer[current + column * RowQuads + 16 + rowLane];
                    Quad q0 = buffer[current + RowChunk + column * QueryQuads + queryLane];
                    Quad q1 = buffer[current + RowChunk + column * QueryQuads + 8 + queryLane];
                    c00 = c00.Plus(q0.X, r0);
                    c01 = c01.Plus(q0.X, r1);
                    c10 = c10.Plus(q0.Y, r0);
                    c11 = c11.Plus(q0.Y, r1);
                    c20 = c20.Plus(q0.Z, r0);
                    c21 = c21.Plus(q0.Z, r1);
                    c30 = c30.Plus(q0.W, r0);
                    c31 = c31.Plus(q0.W, r1);
                    c40 = c40.Plus(q1.X, r0);
                    c41 = c41.Plus(q1.X, r1);
                    c50 = c50.Plus(q1.Y, r0);
                    c51 = c51.Plus(q1.Y, r1);
                    c60 = c60.Plus(q1.Z, r0);
                    c61 = c61.Plus(q1.Z, r1);
                    c70 = c70.Plus(q1.W, r0);
                    c71 = c71.Plus(q1.W, r1);
                }

                current = RowChunk + QueryChunk - current;
            }

            Quad n0 = norms[panel * RowQuads + rowLane];
            Quad n1 = norms[panel * RowQuads + 16 + rowLane];
            for (int round = 0; round < PanelRows / StageRows; round++)
            {
                Group.Barrier();
                if (rowLane / 8 == round % 2)
                {
                    if (round < 2)
                    {
                        Stage(buffer, rowLane, queryLane, n0, c00, c10, c20, c30, c40, c50, c60, c70);
                    }
                    else
                    {
                        Stage(buffer, rowLane, queryLane, n1, c01, c11, c21, c31, c41, c51, c61, c71);
                    }
                }

                Group.Barrier();
                if (thread < TileQueries)
                {
                    for (int i = 0; i < StageRows; i++)
                    {
                        float key = staged[i * TileQueries + thread];
                        if (key < limit)
                        {
                            limit = NearestLists.Insert(
                                listKeys, listRows, thread, slots, key, panel * PanelRows + round * StageRows + i);
                        }
                    }
                }
            }

            Group.Barrier();
        }

        NearestLists.Store(
            listKeys,
            listRows,
            thread,
            slots,
            keys,
            rows,
            (long)part * slots * tiles * TileQueries + tile * TileQueries,
            tiles * TileQueries);
    }

    /// <summary>
    /// Rearranges a thread's eight queries by four rows into the row-by-row layout that the query threads read.
    /// </summary>
    private static void Stage(
        ArrayView<Quad> buffer,
        int rowLane,
        int queryLane,
        Quad norms,
        Quad c0,
        Quad c1,
        Quad c2,
        Quad c3,
        Quad c4,
        Quad c5,
        Quad c6,
        Quad c7)
    {
        int target = rowLane % 8 * 4 * QueryQuads + queryLane;
        buffer[target] = new Quad(norms.X + c0.X, norms.X + c1.X, norms.X + c2.X, norms.X + c3.X);
        buffer[target + 8] = new Quad(norms.X + c4.X, norms.X + c5.X, norms.X + c6.X, norms.X + c7.X);
        target += QueryQuads;
        buffer[target] = new Quad(norms.Y + c0.Y, norms.Y + c1.Y, norms.Y + c2.Y, norms.Y + c3.Y);
        buffer[target + 8] = new Quad(norms.Y + c4.Y, norms.Y + c5.Y, norms.Y + c6.Y, norms.Y + c7.Y);
        target += QueryQuads;
        buffer[target] = new Quad(norms.Z + c0.Z, norms.Z + c1.Z, norms.Z + c2.Z, norms.Z + c3.Z);
        buffer[target + 8] = new Quad(norms.Z + c4.Z, norms.Z + c5.Z, norms.Z + c6.Z, norms.Z + c7.Z);
        target += QueryQuads;
        buffer[target] = new Quad(norms.W + c0.W, norms.W + c1.W, norms.W + c2.W, norms.W + c3.W);
        buffer[target + 8] = new Quad(norms.W + c4.W, norms.W + c5.W, norms.W + c6.W, norms.W + c7.W);
    }
}
