using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SemiDefect.Anomaly.Search.Kernels;

/// <summary>
/// Computes norm[row] - 2 query . (row - center) over all columns, directly from the rows of the bank: for data in
/// which a prefix carries no information. In float32, fused where the processor supports it; docs/exact-search.md
/// bounds the error for any order of summation. Stateless.
/// </summary>
internal static unsafe class DenseKernel
{
    // Four products are stored per query, however many rows a kernel processes.
    private const int Stride = 4;

    /// <summary>Number of queries in a group, chosen so that all sums stay in registers.</summary>
    public static int GroupQueries => Vector512.IsHardwareAccelerated ? 6 : 4;

    /// <summary>
    /// Packs a centered query into a group in the order in which the kernel reads it: one vector of each query in turn,
    /// followed by the columns that do not fill a vector.
    /// </summary>
    /// <param name="query">One query.</param>
    /// <param name="position">Its position in the group.</param>
    /// <param name="columns">Its length.</param>
    /// <param name="queries">The group, <see cref="GroupQueries"/> x <paramref name="columns"/> values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(ReadOnlySpan<float> query, int position, int columns, float* queries)
    {
        int width = Vector512.IsHardwareAccelerated ? Vector512<float>.Count
            : Vector256.IsHardwareAccelerated ? Vector256<float>.Count
            : Vector128<float>.Count;
        int whole = columns - columns % width;
        for (int i = 0; i < columns; i++)
        {
            long offset = i < whole
                ? (long)(i / width * GroupQueries + position) * width + i % width
                : (long)whole * GroupQueries + (long)position * (columns - whole) + (i - whole);
            queries[offset] = query[i];
        }
    }

    private static int RowsAtOnce => Vector512.IsHardwareAccelerated ? 4 : 3;

    /// <summary>Computes the bounds of consecutive rows for one group of queries.</summary>
    /// <param name="rows">The first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="norms">The initial value of each row's bound.</param>
    /// <param name="queries">The group, packed by <see cref="Pack"/>.</param>
    /// <param name="center">Subtracted from each row.</param>
    /// <param name="columns">The number of columns of rows and queries.</param>
    /// <param name="bounds">Receives one row of results per query.</param>
    /// <param name="stride">The distance from one query's results to the next query's.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        float* rows,
        int count,
        float* norms,
        float* queries,
        float* center,
        int columns,
        float* bounds,
        int stride)
    {
        float* products = stackalloc float[6 * Stride];
        for (int row = 0; row < count; row += RowsAtOnce)
        {
            float* row0 = rows + (long)row * columns;
            float* row1 = rows + (long)Math.Min(row + 1, count - 1) * columns;
            float* row2 = rows + (long)Math.Min(row + 2, count - 1) * columns;
            float* row3 = rows + (long)Math.Min(row + 3, count - 1) * columns;
            if (Vector512.IsHardwareAccelerated)
            {
                SixTimesFour<Vector512<float>, Simd512>(queries, row0, row1, row2, row3, center, columns, products);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                FourTimesThree<Vector256<float>, Simd256>(queries, row0, row1, row2, center, columns, products);
            }
            else
            {
                FourTimesThree<Vector128<float>, Simd128>(queries, row0, row1, row2, center, columns, products);
            }

            int valid = Math.Min(RowsAtOnce, count - row);
            for (int query = 0; query < GroupQueries; query++)
            {
                for (int i = 0; i < valid; i++)
                {
                    bounds[(long)query * stride + row + i] = norms[row + i] - 2 * products[query * Stride + i];
                }
            }
        }
    }

    /// <summary>Six queries times four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SixTimesFour<TVector, TSimd>(
        float* queries,
        float* row0,
        float* row1,
        float* row2,
        float* row3,
        float* center,
        int columns,
        float* products)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        int width = TSimd.Count;
        int whole = columns - columns % width;
        float* query = queries;
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s02 = TSimd.Zero, s03 = TSimd.Zero;
        TVector s10 = TSimd.Zero, s11 = TSimd.Zero, s12 = TSimd.Zero, s13 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero, s22 = TSimd.Zero, s23 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero, s32 = TSimd.Zero, s33 = TSimd.Zero;
        TVector s40 = TSimd.Zero, s41 = TSimd.Zero, s42 = TSimd.Zero, s43 = TSimd.Zero;
        TVector s50 = TSimd.Zero, s51 = TSimd.Zero, s52 = TSimd.Zero, s53 = TSimd.Zero;
        for (int i = 0; i < whole; i += width, query += 6 * width)
        {
            TVector middle = TSimd.Load(center + i);
            TVector r0 = TSimd.Subtract(TSimd.Load(row0 + i), middle);
            TVector r1 = TSimd.Subtract(TSimd.Load(row1 + i), middle);
            TVector r2 = TSimd.Subtract(TSimd.Load(row2 + i), middle);
            TVector r3 = TSimd.Subtract(TSimd.Load(row3 + i), middle);
            TVector value = TSimd.Load(query);
            s00 = TSimd.MultiplyAdd(value, r0, s00);
            s01 = TSimd.MultiplyAdd(value, r1, s01);
            s02 = TSimd.MultiplyAdd(value, r2, s02);
            s03 = TSimd.MultiplyAdd(value, r3, s03);
            value = TSimd.Load(query + width);
            s10 = TSimd.MultiplyAdd(value, r0, s10);
            s11 = TSimd.MultiplyAdd(value, r1, s11);
            s12 = TSimd.MultiplyAdd(value, r2, s12);
            s13 = TSimd.MultiplyAdd(value, r3, s13);
            value = TSimd.Load(query + 2 * width);
            s20 = TSimd.MultiplyAdd(value, r0, s20);
            s21 = TSimd.MultiplyAdd(value, r1, s21);
            s22 = TSimd.MultiplyAdd(value, r2, s22);
            s23 = TSimd.MultiplyAdd(value, r3, s23);
            value = TSimd.Load(query + 3 * width);
            s30 = TSimd.MultiplyAdd(value, r0, s30);
            s31 = TSimd.MultiplyAdd(value, r1, s31);
            s32 = TSimd.MultiplyAdd(value, r2, s32);
            s33 = TSimd.MultiplyAdd(value, r3, s33);
            value = TSimd.Load(query + 4 * width);
            s40 = TSimd.MultiplyAdd(value, r0, s40);
            s41 = TSimd.MultiplyAdd(value, r1, s41);
            s42 = TSimd.MultiplyAdd(value, r2, s42);
            s43 = TSimd.MultiplyAdd(value, r3, s43);
            value = TSimd.Load(query + 5 * width);
            s50 = TSimd.MultiplyAdd(value, r0, s50);
            s51 = TSimd.MultiplyAdd(value, r1, s51);
            s52 = TSimd.MultiplyAdd(value, r2, s52);
            s53 = TSimd.MultiplyAdd(value, r3, s53);
        }

        Finish<TVector, TSimd>(s00, s01, s02, s03, products);
        Finish<TVector, TSimd>(s10, s11, s12, s13, products + 4);
        Finish<TVector, TSimd>(s20, s21, s22, s23, products + 8);
        Finish<TVector, TSimd>(s30, s31, s32, s33, products + 12);
        Finish<TVector, TSimd>(s40, s41, s42, s43, products + 16);
        Finish<TVector, TSimd>(s50, s51, s52, s53, products + 20);
        AddRest(query, 6, row0, row1, row2, row3, center, whole, columns, products);
    }

    /// <summary>Four queries times three rows, for sixteen registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourTimesThree<TVector, TSimd>(
        float* queries,
        float* row0,
        float* row1,
        float* row2,
        float* center,
        int columns,
        float* products)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        int width = TSimd.Count;
        int whole = columns - columns % width;
        float* query = queries;
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s02 = TSimd.Zero;
        TVector s10 = TSimd.Zero, s11 = TSimd.Zero, s12 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero, s22 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero, s32 = TSimd.Zero;
        for (int i = 0; i < whole; i += width, query += 4 * width)
        {
            TVector r0 = TSimd.Subtract(TSimd.Load(row0 + i), TSimd.Load(center + i));
            TVector r1 = TSimd.Subtract(TSimd.Load(row1 + i), TSimd.Load(center + i));
            TVector r2 = TSimd.Subtract(TSimd.Load(row2 + i), TSimd.Load(center + i));
            TVector value = TSimd.Load(query);
            s00 = TSimd.MultiplyAdd(value, r0, s00);
            s01 = TSimd.MultiplyAdd(value, r1, s01);
            s02 = TSimd.MultiplyAdd(value, r2, s02);
            value = TSimd.Load(query + width);
            s10 = TSimd.MultiplyAdd(value, r0, s10);
            s11 = TSimd.MultiplyAdd(value, r1, s11);
            s12 = TSimd.MultiplyAdd(value, r2, s12);
            value = TSimd.Load(query + 2 * width);
            s20 = TSimd.MultiplyAdd(value, r0, s20);
            s21 = TSimd.MultiplyAdd(value, r1, s21);
            s22 = TSimd.MultiplyAdd(value, r2, s22);
            value = TSimd.Load(query + 3 * width);
            s30 = TSimd.MultiplyAdd(value, r0, s30);
            s31 = TSimd.MultiplyAdd(value, r1, s31);
            s32 = TSimd.MultiplyAdd(value, r2, s32);
        }

        Finish<TVector, TSimd>(s00, s01, s02, TSimd.Zero, products);
        Finish<TVector, TSimd>(s10, s11, s12, TSimd.Zero, products + 4);
        Finish<TVector, TSimd>(s20, s21, s22, TSimd.Zero, products + 8);
        Finish<TVector, TSimd>(s30, s31, s32, TSimd.Zero, products + 12);
        AddRest(query, 4, row0, row1, row2, row2, center, whole, columns, products);
    }

    /// <summary>The sums of four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TVector, TSimd>(TVector s0, TVector s1, TVector s2, TVector s3, float* products)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        if (Sse.IsSupported)
        {
            Vector128<float> a = TSimd.Fold(s0), b = TSimd.Fold(s1), c = TSimd.Fold(s2), d = TSimd.Fold(s3);
            Vector128<float> ab = Sse.UnpackLow(a, b) + Sse.UnpackHigh(a, b);
            Vector128<float> cd = Sse.UnpackLow(c, d) + Sse.UnpackHigh(c, d);
            (Sse.MoveLowToHigh(ab, cd) + Sse.MoveHighToLow(cd, ab)).Store(products);
        }
        else
        {
            products[0] = TSimd.Sum(s0);
            products[1] = TSimd.Sum(s1);
            products[2] = TSimd.Sum(s2);
            products[3] = TSimd.Sum(s3);
        }
    }

    /// <summary>Adds the columns after the last whole vector.</summary>
    private static void AddRest(
        float* rest,
        int group,
        float* row0,
        float* row1,
        float* row2,
        float* row3,
        float* center,
        int start,
        int columns,
        float* products)
    {
        for (int query = 0; query < group; query++, products += Stride)
        {
            for (int i = start; i < columns; i++)
            {
                float value = *rest++;
                products[0] += value * (row0[i] - center[i]);
                products[1] += value * (row1[i] - center[i]);
                products[2] += value * (row2[i] - center[i]);
                products[3] += value * (row3[i] - center[i]);
            }
        }
    }
}
