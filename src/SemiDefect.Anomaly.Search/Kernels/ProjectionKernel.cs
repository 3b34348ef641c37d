using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SemiDefect.Anomaly.Search.Kernels;

/// <summary>
/// Matrix product in float64: result [rows x columns] = left [rows x inner] * right [inner x columns]. Every element is
/// summed in the order of the inner index with separate multiplications and additions, so that the bits are the same on
/// every machine. Stateless.
/// </summary>
internal static unsafe class ProjectionKernel
{
    /// <summary>The number of columns must be a multiple of this.</summary>
    public const int ColumnMultiple = 32;

    /// <summary>Computes the product; all matrices are row-major without gaps.</summary>
    public static void Multiply(double* left, int rows, int inner, double* right, int columns, double* result)
    {
        int row = 0;
        for (; row <= rows - 6 && Vector512.IsHardwareAccelerated; row += 6)
        {
            for (int column = 0; column < columns; column += 32)
            {
                Six<Vector512<double>, Simd512>(
                    left + (long)row * inner, inner, right + column, columns, result + (long)row * columns + column);
            }
        }

        for (; row <= rows - 3 && !Vector512.IsHardwareAccelerated; row += 3)
        {
            double* source = left + (long)row * inner;
            double* target = result + (long)row * columns;
            for (int column = 0; column < columns && Vector256.IsHardwareAccelerated; column += 16)
            {
                Three<Vector256<double>, Simd256>(source, inner, right + column, columns, target + column);
            }

            for (int column = 0; column < columns && !Vector256.IsHardwareAccelerated; column += 8)
            {
                Three<Vector128<double>, Simd128>(source, inner, right + column, columns, target + column);
            }
        }

        for (; row < rows; row++)
        {
            Single(left + (long)row * inner, inner, right, columns, result + (long)row * columns);
        }
    }

    /// <summary>Six rows times four vectors of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six<TVector, TSimd>(double* left, int inner, double* right, int columns, double* result)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, double>
    {
        int width = TSimd.Count;
        TVector zero = TSimd.Zero;
        TVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        TVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        TVector c0 = zero, c1 = zero, c2 = zero, c3 = zero;
        TVector d0 = zero, d1 = zero, d2 = zero, d3 = zero;
        TVector e0 = zero, e1 = zero, e2 = zero, e3 = zero;
        TVector f0 = zero, f1 = zero, f2 = zero, f3 = zero;
        double* left1 = left + inner;
        double* left2 = left + 2L * inner;
        double* left3 = left + 3L * inner;
        double* left4 = left + 4L * inner;
        double* left5 = left + 5L * inner;
        for (int i = 0; i < inner; i++, right += columns)
        {
            TVector r0 = TSimd.Load(right);
            TVector r1 = TSimd.Load(right + width);
            TVector r2 = TSimd.Load(right + 2 * width);
            TVector r3 = TSimd.Load(right + 3 * width);
            TVector value = TSimd.Broadcast(left[i]);
            a0 = TSimd.Add(a0, TSimd.Multiply(value, r0));
            a1 = TSimd.Add(a1, TSimd.Multiply(value, r1));
            a2 = TSimd.Add(a2, TSimd.Multiply(value, r2));
            a3 = TSimd.Add(a3, TSimd.Multiply(value, r3));
            value = TSimd.Broadcast(left1[i]);
            b0 = TSimd.Add(b0, TSimd.Multiply(value, r0));
            b1 = TSimd.Add(b1, TSimd.Multiply(value, r1));
            b2 = TSimd.Add(b2, TSimd.Multiply(value, r2));
            b3 = TSimd.Add(b3, TSimd.Multiply(value, r3));
            value = TSimd.Broadcast(left2[i]);
            c0 = TSimd.Add(c0, TSimd.Multiply(value, r0));
            c1 = TSimd.Add(c1, TSimd.Multiply(value, r1));
            c2 = TSimd.Add(c2, TSimd.Multiply(value, r2));
            c3 = TSimd.Add(c3, TSimd.Multiply(value, r3));
            value = TSimd.Broadcast(left3[i]);
            d0 = TSimd.Add(d0, TSimd.Multiply(value, r0));
            d1 = TSimd.Add(d1, TSimd.Multiply(value, r1));
            d2 = TSimd.Add(d2, TSimd.Multiply(value, r2));
            d3 = TSimd.Add(d3, TSimd.Multiply(value, r3));
            value = TSimd.Broadcast(left4[i]);
            e0 = TSimd.Add(e0, TSimd.Multiply(value, r0));
            e1 = TSimd.Add(e1, TSimd.Multiply(value, r1));
            e2 = TSimd.Add(e2, TSimd.Multiply(value, r2));
            e3 = TSimd.Add(e3, TSimd.Multiply(value, r3));
            value = TSimd.Broadcast(left5[i]);
            f0 = TSimd.Add(f0, TSimd.Multiply(value, r0));
            f1 = TSimd.Add(f1, TSimd.Multiply(value, r1));
            f2 = TSimd.Add(f2, TSimd.Multiply(value, r2));
            f3 = TSimd.Add(f3, TSimd.Multiply(value, r3));
        }

        Store4<TVector, TSimd>(result, a0, a1, a2, a3);
        Store4<TVector, TSimd>(result + columns, b0, b1, b2, b3);
        Store4<TVector, TSimd>(result + 2L * columns, c0, c1, c2, c3);
        Store4<TVector, TSimd>(result + 3L * columns, d0, d1, d2, d3);
        Store4<TVector, TSimd>(result + 4L * columns, e0, e1, e2, e3);
        Store4<TVector, TSimd>(result + 5L * columns, f0, f1, f2, f3);
    }

    /// <summary>Three rows times four vectors of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Three<TVector, TSimd>(double* left, int inner, double* right, int columns, double* result)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, double>
    {
        int width = TSimd.Count;
        TVector zero = TSimd.Zero;
        TVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        TVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        TVector c0 = zero, c1 = zero, c2 = zero, c3 = zero;
        double* left1 = left + inner;
        double* left2 = left + 2L * inner;
        for (int i = 0; i < inner; i++, right += columns)
        {
            TVector r0 = TSimd.Load(right);
            TVector r1 = TSimd.Load(right + width);
            TVector r2 = TSimd.Load(right + 2 * width);
            TVector r3 = TSimd.Load(right + 3 * width);
            TVector value = TSimd.Broadcast(left[i]);
            a0 = TSimd.Add(a0, TSimd.Multiply(value, r0));
            a1 = TSimd.Add(a1, TSimd.Multiply(value, r1));
            a2 = TSimd.Add(a2, TSimd.Multiply(value, r2));
            a3 = TSimd.Add(a3, TSimd.Multiply(value, r3));
            value = TSimd.Broadcast(left1[i]);
            b0 = TSimd.Add(b0, TSimd.Multiply(value, r0));
            b1 = TSimd.Add(b1, TSimd.Multiply(value, r1));
            b2 = TSimd.Add(b2, TSimd.Multiply(value, r2));
            b3 = TSimd.Add(b3, TSimd.Multiply(value, r3));
            value = TSimd.Broadcast(left2[i]);
            c0 = TSimd.Add(c0, TSimd.Multiply(value, r0));
            c1 = TSimd.Add(c1, TSimd.Multiply(value, r1));
            c2 = TSimd.Add(c2, TSimd.Multiply(value, r2));
            c3 = TSimd.Add(c3, TSimd.Multiply(value, r3));
        }

        Store4<TVector, TSimd>(result, a0, a1, a2, a3);
        Store4<TVector, TSimd>(result + columns, b0, b1, b2, b3);
        Store4<TVector, TSimd>(result + 2L * columns, c0, c1, c2, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store4<TVector, TSimd>(double* target, TVector v0, TVector v1, TVector v2, TVector v3)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, double>
    {
        TSimd.Store(v0, target);
        TSimd.Store(v1, target + TSimd.Count);
        TSimd.Store(v2, target + 2 * TSimd.Count);
        TSimd.Store(v3, target + 3 * TSimd.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Single(double* left, int inner, double* right, int columns, double* result)
    {
        new Span<double>(result, columns).Clear();
        for (int i = 0; i < inner; i++, right += columns)
        {
            Vector128<double> value = Vector128.Create(left[i]);
            for (int column = 0; column < columns; column += 2)
            {
                (Vector128.Load(result + column) + value * Vector128.Load(right + column)).Store(result + column);
            }
        }
    }
}
