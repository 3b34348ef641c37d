using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SemiDefect.Anomaly.Neighbors.Kernels;

/// <summary>
/// norm[row] - 2 query . row for every row of a block and every query of a tile, few columns deep: the inner part of a
/// squared distance. In float32, fused where the processor can; docs/exact-search.md bounds the error whatever the
/// order. Thread-safe: nothing is kept.
/// </summary>
/// <remarks>
/// The bank is packed in blocks of <see cref="BlockKernel.BlockRows"/> rows, column after column, so that a vector holds one
/// column of consecutive rows. A tile holds <see cref="TileQueries"/> queries times -2, column after column.
/// </remarks>
internal static unsafe class PanelKernel
{
    /// <summary>Queries in a tile: as many as leave all sums in registers.</summary>
    public static int TileQueries => Vector512.IsHardwareAccelerated ? 12 : 6;

    /// <summary>Computes the bounds of one block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="norms">What each row's sum starts with.</param>
    /// <param name="tile">The queries.</param>
    /// <param name="columns">The columns of the block and the queries.</param>
    /// <param name="bounds">Receives one row of results per query.</param>
    /// <param name="stride">From one query's results to the next one's.</param>
    public static void Run(float* block, float* norms, float* tile, int columns, float* bounds, int stride)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            RunTwelve<Vector512<float>, Simd512>(block, norms, tile, columns, bounds, stride);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            RunSix<Vector256<float>, Simd256>(block, norms, tile, columns, bounds, stride);
        }
        else
        {
            RunSix<Vector128<float>, Simd128>(block, norms, tile, columns, bounds, stride);
        }
    }

    /// <summary>Twelve queries times two vectors of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunTwelve<TVector, TSimd>(float* block, float* norms, float* tile, int columns, float* bounds, int stride)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        int width = TSimd.Count;
        for (int first = 0; first < BlockKernel.BlockRows; first += 2 * width)
        {
            TVector n0 = TSimd.Load(norms + first);
            TVector n1 = TSimd.Load(norms + first + width);
            TVector a0 = n0, b0 = n1;
            TVector a1 = n0, b1 = n1;
            TVector a2 = n0, b2 = n1;
            TVector a3 = n0, b3 = n1;
            TVector a4 = n0, b4 = n1;
            TVector a5 = n0, b5 = n1;
            TVector a6 = n0, b6 = n1;
            TVector a7 = n0, b7 = n1;
            TVector a8 = n0, b8 = n1;
            TVector a9 = n0, b9 = n1;
            TVector a10 = n0, b10 = n1;
            TVector a11 = n0, b11 = n1;
            float* rows = block + first;
            float* query = tile;
            for (int column = 0; column < columns; column++, rows += BlockKernel.BlockRows, query += 12)
            {
                TVector r0 = TSimd.Load(rows);
                TVector r1 = TSimd.Load(rows + width);
                TVector value = TSimd.Broadcast(query[0]);
                a0 = TSimd.MultiplyAdd(value, r0, a0);
                b0 = TSimd.MultiplyAdd(value, r1, b0);
                value = TSimd.Broadcast(query[1]);
                a1 = TSimd.MultiplyAdd(value, r0, a1);
                b1 = TSimd.MultiplyAdd(value, r1, b1);
                value = TSimd.Broadcast(query[2]);
                a2 = TSimd.MultiplyAdd(value, r0, a2);
                b2 = TSimd.MultiplyAdd(value, r1, b2);
                value = TSimd.Broadcast(query[3]);
                a3 = TSimd.MultiplyAdd(value, r0, a3);
                b3 = TSimd.MultiplyAdd(value, r1, b3);
                value = TSimd.Broadcast(query[4]);
                a4 = TSimd.MultiplyAdd(value, r0, a4);
                b4 = TSimd.MultiplyAdd(value, r1, b4);
                value = TSimd.Broadcast(query[5]);
                a5 = TSimd.MultiplyAdd(value, r0, a5);
                b5 = TSimd.MultiplyAdd(value, r1, b5);
                value = TSimd.Broadcast(query[6]);
                a6 = TSimd.MultiplyAdd(value, r0, a6);
                b6 = TSimd.MultiplyAdd(value, r1, b6);
                value = TSimd.Broadcast(query[7]);
                a7 = TSimd.MultiplyAdd(value, r0, a7);
                b7 = TSimd.MultiplyAdd(value, r1, b7);
                value = TSimd.Broadcast(query[8]);
                a8 = TSimd.MultiplyAdd(value, r0, a8);
                b8 = TSimd.MultiplyAdd(value, r1, b8);
                value = TSimd.Broadcast(query[9]);
                a9 = TSimd.MultiplyAdd(value, r0, a9);
                b9 = TSimd.MultiplyAdd(value, r1, b9);
                value = TSimd.Broadcast(query[10]);
                a10 = TSimd.MultiplyAdd(value, r0, a10);
                b10 = TSimd.MultiplyAdd(value, r1, b10);
                value = TSimd.Broadcast(query[11]);
                a11 = TSimd.MultiplyAdd(value, r0, a11);
                b11 = TSimd.MultiplyAdd(value, r1, b11);
            }

            float* target = bounds + first;
            TSimd.Store(a0, target);
            TSimd.Store(b0, target + width);
            target += stride;
            TSimd.Store(a1, target);
            TSimd.Store(b1, target + width);
            target += stride;
            TSimd.Store(a2, target);
            TSimd.Store(b2, target + width);
            target += stride;
            TSimd.Store(a3, target);
            TSimd.Store(b3, target + width);
            target += stride;
            TSimd.Store(a4, target);
            TSimd.Store(b4, target + width);
            target += stride;
            TSimd.Store(a5, target);
            TSimd.Store(b5, target + width);
            target += stride;
            TSimd.Store(a6, target);
            TSimd.Store(b6, target + width);
            target += stride;
            TSimd.Store(a7, target);
            TSimd.Store(b7, target + width);
            target += stride;
            TSimd.Store(a8, target);
            TSimd.Store(b8, target + width);
            target += stride;
            TSimd.Store(a9, target);
            TSimd.Store(b9, target + width);
            target += stride;
            TSimd.Store(a10, target);
            TSimd.Store(b10, target + width);
            target += stride;
            TSimd.Store(a11, target);
            TSimd.Store(b11, target + width);
        }
    }

    /// <summary>Six queries times two vectors of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunSix<TVector, TSimd>(float* block, float* norms, float* tile, int columns, float* bounds, int stride)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        int width = TSimd.Count;
        for (int first = 0; first < BlockKernel.BlockRows; first += 2 * width)
        {
            TVector n0 = TSimd.Load(norms + first);
            TVector n1 = TSimd.Load(norms + first + width);
            TVector a0 = n0, b0 = n1;
            TVector a1 = n0, b1 = n1;
            TVector a2 = n0, b2 = n1;
            TVector a3 = n0, b3 = n1;
            TVector a4 = n0, b4 = n1;
            TVector a5 = n0, b5 = n1;
            float* rows = block + first;
            float* query = tile;
            for (int column = 0; column < columns; column++, rows += BlockKernel.BlockRows, query += 6)
            {
                TVector r0 = TSimd.Load(rows);
                TVector r1 = TSimd.Load(rows + width);
                TVector value = TSimd.Broadcast(query[0]);
                a0 = TSimd.MultiplyAdd(value, r0, a0);
                b0 = TSimd.MultiplyAdd(value, r1, b0);
                value = TSimd.Broadcast(query[1]);
                a1 = TSimd.MultiplyAdd(value, r0, a1);
                b1 = TSimd.MultiplyAdd(value, r1, b1);
                value = TSimd.Broadcast(query[2]);
                a2 = TSimd.MultiplyAdd(value, r0, a2);
                b2 = TSimd.MultiplyAdd(value, r1, b2);
                value = TSimd.Broadcast(query[3]);
                a3 = TSimd.MultiplyAdd(value, r0, a3);
                b3 = TSimd.MultiplyAdd(value, r1, b3);
                value = TSimd.Broadcast(query[4]);
                a4 = TSimd.MultiplyAdd(value, r0, a4);
                b4 = TSimd.MultiplyAdd(value, r1, b4);
                value = TSimd.Broadcast(query[5]);
                a5 = TSimd.MultiplyAdd(value, r0, a5);
                b5 = TSimd.MultiplyAdd(value, r1, b5);
            }

            float* target = bounds + first;
            TSimd.Store(a0, target);
            TSimd.Store(b0, target + width);
            target += stride;
            TSimd.Store(a1, target);
            TSimd.Store(b1, target + width);
            target += stride;
            TSimd.Store(a2, target);
            TSimd.Store(b2, target + width);
            target += stride;
            TSimd.Store(a3, target);
            TSimd.Store(b3, target + width);
            target += stride;
            TSimd.Store(a4, target);
            TSimd.Store(b4, target + width);
            target += stride;
            TSimd.Store(a5, target);
            TSimd.Store(b5, target + width);
        }
    }
}
