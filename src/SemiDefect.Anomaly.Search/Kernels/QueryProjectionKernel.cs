using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SemiDefect.Anomaly.Search.Kernels;

/// <summary>
/// Matrix product in float32: result [rows x columns] = left [rows x inner] * right [inner x columns]. The products are
/// summed in chunks of <see cref="Chunk"/>, fused where the processor supports it, and then chunk by chunk, so that
/// rounding errors stay below those of <see cref="Roundings"/> steps. Only for filters with an error bound. Stateless.
/// </summary>
/// <remarks>The right matrix is packed in panels of <see cref="PanelColumns"/> columns, row by row.</remarks>
internal static unsafe class QueryProjectionKernel
{
    /// <summary>Rows are processed six at a time; buffers must have room for a multiple of this number.</summary>
    public const int RowMultiple = 6;

    /// <summary>Number of columns in a panel.</summary>
    public const int PanelColumns = 32;

    /// <summary>Number of products that are summed before the sum is added to the earlier ones.</summary>
    public const int Chunk = 64;

    /// <summary>The maximum number of roundings that affect one product.</summary>
    public static int Roundings(int inner) => Chunk + 1 + (inner + Chunk - 1) / Chunk;

    /// <summary>Packs the right matrix.</summary>
    public static void Pack(double* right, int inner, int columns, float* packed)
    {
        for (int column = 0; column < columns; column++)
        {
            float* target = packed + (long)column / PanelColumns * PanelColumns * inner + column % PanelColumns;
            for (int i = 0; i < inner; i++)
            {
                target[(long)i * PanelColumns] = (float)right[(long)i * columns + column];
            }
        }
    }

    /// <summary>Computes the product.</summary>
    /// <param name="left">The left matrix, row-major.</param>
    /// <param name="rows">The number of its rows.</param>
    /// <param name="inner">The number of its columns.</param>
    /// <param name="packed">The right matrix, packed.</param>
    /// <param name="columns">The number of its columns, a multiple of <see cref="PanelColumns"/>.</param>
    /// <param name="result">Receives the product, row-major, up to the next multiple of <see cref="RowMultiple"/>
    /// rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* left, int rows, int inner, float* packed, int columns, float* result)
    {
        new Span<float>(result, (rows + RowMultiple - 1) / RowMultiple * RowMultiple * columns).Clear();
        for (int panel = 0; panel < columns; panel += PanelColumns, packed += (long)PanelColumns * inner)
        {
            for (int start = 0; start < inner; start += Chunk)
            {
                int depth = Math.Min(Chunk, inner - start);
                for (int row = 0; row < rows; row += RowMultiple)
                {
                    float* source = left + (long)row * inner + start;
                    float* target = result + (long)row * columns + panel;
                    if (Vector512.IsHardwareAccelerated)
                    {
                        Six<Vector512<float>, Simd512>(
                            source, inner, depth, packed + (long)start * PanelColumns, target, columns);
                    }
                    else if (Vector256.IsHardwareAccelerated)
                    {
                        Six<Vector256<float>, Simd256>(
                            source, inner, depth, packed + (long)start * PanelColumns, target, columns);
                    }
                    else
                    {
                        Six<Vector128<float>, Simd128>(
                            source, inner, depth, packed + (long)start * PanelColumns, target, columns);
                    }
                }
            }
        }
    }

    /// <summary>Adds the products of six rows and a range of inner indices, two vectors of columns at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six<TVector, TSimd>(float* left, int inner, int depth, float* right, float* result, int columns)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        float* left1 = left + inner;
        float* left2 = left + 2L * inner;
        float* left3 = left + 3L * inner;
        float* left4 = left + 4L * inner;
        float* left5 = left + 5L * inner;
        for (int first = 0; first < PanelColumns; first += 2 * TSimd.Count)
        {
            TVector zero = TSimd.Zero;
            TVector a0 = zero, a1 = zero, b0 = zero, b1 = zero, c0 = zero, c1 = zero;
            TVector d0 = zero, d1 = zero, e0 = zero, e1 = zero, f0 = zero, f1 = zero;
            float* values = right + first;
            for (int i = 0; i < depth; i++, values += PanelColumns)
            {
                TVector r0 = TSimd.Load(values);
                TVector r1 = TSimd.Load(values + TSimd.Count);
                TVector value = TSimd.Broadcast(left[i]);
                a0 = TSimd.MultiplyAdd(value, r0, a0);
                a1 = TSimd.MultiplyAdd(value, r1, a1);
                value = TSimd.Broadcast(left1[i]);
                b0 = TSimd.MultiplyAdd(value, r0, b0);
                b1 = TSimd.MultiplyAdd(value, r1, b1);
                value = TSimd.Broadcast(left2[i]);
                c0 = TSimd.MultiplyAdd(value, r0, c0);
                c1 = TSimd.MultiplyAdd(value, r1, c1);
                value = TSimd.Broadcast(left3[i]);
                d0 = TSimd.MultiplyAdd(value, r0, d0);
                d1 = TSimd.MultiplyAdd(value, r1, d1);
                value = TSimd.Broadcast(left4[i]);
                e0 = TSimd.MultiplyAdd(value, r0, e0);
                e1 = TSimd.MultiplyAdd(value, r1, e1);
                value = TSimd.Broadcast(left5[i]);
                f0 = TSimd.MultiplyAdd(value, r0, f0);
                f1 = TSimd.MultiplyAdd(value, r1, f1);
            }

            float* target = result + first;
            AddTwo<TVector, TSimd>(target, a0, a1);
            AddTwo<TVector, TSimd>(target + columns, b0, b1);
            AddTwo<TVector, TSimd>(target + 2 * columns, c0, c1);
            AddTwo<TVector, TSimd>(target + 3 * columns, d0, d1);
            AddTwo<TVector, TSimd>(target + 4 * columns, e0, e1);
            AddTwo<TVector, TSimd>(target + 5 * columns, f0, f1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTwo<TVector, TSimd>(float* target, TVector v0, TVector v1)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        TSimd.Store(TSimd.Add(TSimd.Load(target), v0), target);
        TSimd.Store(TSimd.Add(TSimd.Load(target + TSimd.Count), v1), target + TSimd.Count);
    }
}
