using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Search.Kernels;

/// <summary>
/// Computes norm[row] - 2 query . row for every row of a block and every query of a tile, over a few columns: the inner
/// part of a squared distance. Inner products are taken of 16-bit integers and are exact, which is twice as fast as
/// float32 and reads half as much memory; docs/exact-search.md bounds the error of rounding to integers. Stateless.
/// </summary>
/// <remarks>
/// The bank is packed in blocks of <see cref="BlockKernel.BlockRows"/> rows, one pair of columns after another, so that
/// a vector holds two columns of consecutive rows. A tile holds <see cref="TileQueries"/> negated queries in the same
/// layout. No inner product of a query and a row may exceed 32 bits: <see cref="CodeRounding"/> ensures this.
/// </remarks>
internal static unsafe class PanelKernel
{
    /// <summary>Number of queries in a tile, chosen so that all sums stay in registers.</summary>
    public static int TileQueries => Vector512.IsHardwareAccelerated ? 12 : 6;

    /// <summary>The offset of a value in a block, or in a tile of the given number of queries.</summary>
    /// <param name="rows">Number of rows of a block or queries of a tile.</param>
    /// <param name="row">The row or query.</param>
    /// <param name="column">The column.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Offset(int rows, int row, int column) => (column / 2 * rows + row) * 2 + column % 2;

    /// <summary>Computes the bounds of one block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="norms">The initial value of each row's result.</param>
    /// <param name="tile">The queries.</param>
    /// <param name="columns">The number of columns of the block and the queries; even.</param>
    /// <param name="scale">The factor for the inner products.</param>
    /// <param name="bounds">Receives one row of results per query.</param>
    /// <param name="stride">The distance from one query's results to the next query's.</param>
    public static void Run(short* block, float* norms, short* tile, int columns, float scale, float* bounds, int stride)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            RunTwelve<Vector512<int>, Simd512>((int*)block, norms, (int*)tile, columns / 2, scale, bounds, stride);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            RunSix<Vector256<int>, Simd256>((int*)block, norms, (int*)tile, columns / 2, scale, bounds, stride);
        }
        else
        {
            RunSix<Vector128<int>, Simd128>((int*)block, norms, (int*)tile, columns / 2, scale, bounds, stride);
        }
    }

    /// <summary>Twelve queries times two vectors of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunTwelve<TVector, TSimd>(
        int* block,
        float* norms,
        int* tile,
        int pairs,
        float scale,
        float* bounds,
        int stride)
        where TVector : unmanaged
        where TSimd : struct, IPairSimd<TVector>
    {
        int width = TSimd.Count;
        for (int first = 0; first < BlockKernel.BlockRows; first += 2 * width)
        {
            TVector a0 = TSimd.Zero, b0 = a0;
            TVector a1 = a0, b1 = a0;
            TVector a2 = a0, b2 = a0;
            TVector a3 = a0, b3 = a0;
            TVector a4 = a0, b4 = a0;
            TVector a5 = a0, b5 = a0;
            TVector a6 = a0, b6 = a0;
            TVector a7 = a0, b7 = a0;
            TVector a8 = a0, b8 = a0;
            TVector a9 = a0, b9 = a0;
            TVector a10 = a0, b10 = a0;
            TVector a11 = a0, b11 = a0;
            int* rows = block + first;
            int* query = tile;
            for (int pair = 0; pair < pairs; pair++, rows += BlockKernel.BlockRows, query += 12)
            {
                TVector r0 = TSimd.Load(rows);
                TVector r1 = TSimd.Load(rows + width);
                TVector value = TSimd.Broadcast(query[0]);
                a0 = TSimd.MultiplyAddPairs(value, r0, a0);
                b0 = TSimd.MultiplyAddPairs(value, r1, b0);
                value = TSimd.Broadcast(query[1]);
                a1 = TSimd.MultiplyAddPairs(value, r0, a1);
                b1 = TSimd.MultiplyAddPairs(value, r1, b1);
                value = TSimd.Broadcast(query[2]);
                a2 = TSimd.MultiplyAddPairs(value, r0, a2);
                b2 = TSimd.MultiplyAddPairs(value, r1, b2);
                value = TSimd.Broadcast(query[3]);
                a3 = TSimd.MultiplyAddPairs(value, r0, a3);
                b3 = TSimd.MultiplyAddPairs(value, r1, b3);
                value = TSimd.Broadcast(query[4]);
                a4 = TSimd.MultiplyAddPairs(value, r0, a4);
                b4 = TSimd.MultiplyAddPairs(value, r1, b4);
                value = TSimd.Broadcast(query[5]);
                a5 = TSimd.MultiplyAddPairs(value, r0, a5);
                b5 = TSimd.MultiplyAddPairs(value, r1, b5);
                value = TSimd.Broadcast(query[6]);
                a6 = TSimd.MultiplyAddPairs(value, r0, a6);
                b6 = TSimd.MultiplyAddPairs(value, r1, b6);
                value = TSimd.Broadcast(query[7]);
                a7 = TSimd.MultiplyAddPairs(value, r0, a7);
                b7 = TSimd.MultiplyAddPairs(value, r1, b7);
                value = TSimd.Broadcast(query[8]);
                a8 = TSimd.MultiplyAddPairs(value, r0, a8);
                b8 = TSimd.MultiplyAddPairs(value, r1, b8);
                value = TSimd.Broadcast(query[9]);
                a9 = TSimd.MultiplyAddPairs(value, r0, a9);
                b9 = TSimd.MultiplyAddPairs(value, r1, b9);
                value = TSimd.Broadcast(query[10]);
                a10 = TSimd.MultiplyAddPairs(value, r0, a10);
                b10 = TSimd.MultiplyAddPairs(value, r1, b10);
                value = TSimd.Broadcast(query[11]);
                a11 = TSimd.MultiplyAddPairs(value, r0, a11);
                b11 = TSimd.MultiplyAddPairs(value, r1, b11);
            }

            float* start = norms + first;
            float* target = bounds + first;
            TSimd.StoreScaled(a0, scale, start, target);
            TSimd.StoreScaled(b0, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a1, scale, start, target);
            TSimd.StoreScaled(b1, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a2, scale, start, target);
            TSimd.StoreScaled(b2, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a3, scale, start, target);
            TSimd.StoreScaled(b3, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a4, scale, start, target);
            TSimd.StoreScaled(b4, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a5, scale, start, target);
            TSimd.StoreScaled(b5, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a6, scale, start, target);
            TSimd.StoreScaled(b6, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a7, scale, start, target);
            TSimd.StoreScaled(b7, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a8, scale, start, target);
            TSimd.StoreScaled(b8, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a9, scale, start, target);
            TSimd.StoreScaled(b9, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a10, scale, start, target);
            TSimd.StoreScaled(b10, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a11, scale, start, target);
            TSimd.StoreScaled(b11, scale, start + width, target + width);
        }
    }

    /// <summary>Six queries times two vectors of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunSix<TVector, TSimd>(
        int* block,
        float* norms,
        int* tile,
        int pairs,
        float scale,
        float* bounds,
        int stride)
        where TVector : unmanaged
        where TSimd : struct, IPairSimd<TVector>
    {
        int width = TSimd.Count;
        for (int first = 0; first < BlockKernel.BlockRows; first += 2 * width)
        {
            TVector a0 = TSimd.Zero, b0 = a0;
            TVector a1 = a0, b1 = a0;
            TVector a2 = a0, b2 = a0;
            TVector a3 = a0, b3 = a0;
            TVector a4 = a0, b4 = a0;
            TVector a5 = a0, b5 = a0;
            int* rows = block + first;
            int* query = tile;
            for (int pair = 0; pair < pairs; pair++, rows += BlockKernel.BlockRows, query += 6)
            {
                TVector r0 = TSimd.Load(rows);
                TVector r1 = TSimd.Load(rows + width);
                TVector value = TSimd.Broadcast(query[0]);
                a0 = TSimd.MultiplyAddPairs(value, r0, a0);
                b0 = TSimd.MultiplyAddPairs(value, r1, b0);
                value = TSimd.Broadcast(query[1]);
                a1 = TSimd.MultiplyAddPairs(value, r0, a1);
                b1 = TSimd.MultiplyAddPairs(value, r1, b1);
                value = TSimd.Broadcast(query[2]);
                a2 = TSimd.MultiplyAddPairs(value, r0, a2);
                b2 = TSimd.MultiplyAddPairs(value, r1, b2);
                value = TSimd.Broadcast(query[3]);
                a3 = TSimd.MultiplyAddPairs(value, r0, a3);
                b3 = TSimd.MultiplyAddPairs(value, r1, b3);
                value = TSimd.Broadcast(query[4]);
                a4 = TSimd.MultiplyAddPairs(value, r0, a4);
                b4 = TSimd.MultiplyAddPairs(value, r1, b4);
                value = TSimd.Broadcast(query[5]);
                a5 = TSimd.MultiplyAddPairs(value, r0, a5);
                b5 = TSimd.MultiplyAddPairs(value, r1, b5);
            }

            float* start = norms + first;
            float* target = bounds + first;
            TSimd.StoreScaled(a0, scale, start, target);
            TSimd.StoreScaled(b0, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a1, scale, start, target);
            TSimd.StoreScaled(b1, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a2, scale, start, target);
            TSimd.StoreScaled(b2, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a3, scale, start, target);
            TSimd.StoreScaled(b3, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a4, scale, start, target);
            TSimd.StoreScaled(b4, scale, start + width, target + width);
            target += stride;
            TSimd.StoreScaled(a5, scale, start, target);
            TSimd.StoreScaled(b5, scale, start + width, target + width);
        }
    }
}
