using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// The squared Euclidean distance that this engine reports: differences and squares in float64, summed in eight logical
/// lanes (element i goes to lane i mod 8), which are then added as ((0+4)+(2+6))+((1+5)+(3+7)). No fused multiply-add
/// is used, so the bits are the same for every instruction set. Stateless.
/// </summary>
public static class ExactDistance
{
    /// <summary>The squared distance between two vectors of equal length.</summary>
    public static double Squared(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length)
        {
            throw new ArgumentException("The vectors differ in length.", nameof(b));
        }

        return Squared(ref MemoryMarshal.GetReference(a), ref MemoryMarshal.GetReference(b), a.Length);
    }

    /// <summary>The same without the length check.</summary>
    internal static unsafe double Squared(ref float a, ref float b, int length)
    {
        fixed (float* first = &a)
        fixed (float* second = &b)
        {
            return Squared(first, second, length);
        }
    }

    /// <summary>The same for memory that does not move.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe double Squared(float* a, float* b, int length)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<double> lanes = Vector512<double>.Zero;
            int i = 0;
            for (; i <= length - 8; i += 8)
            {
                Vector512<double> difference = Widen(a + i) - Widen(b + i);
                lanes += difference * difference;
            }

            return Finish(lanes.GetLower(), lanes.GetUpper(), a, b, i, length);
        }
        else
        {
            Vector256<double> lower = Vector256<double>.Zero;
            Vector256<double> upper = Vector256<double>.Zero;
            int i = 0;
            for (; i <= length - 8; i += 8)
            {
                (Vector256<double> aLower, Vector256<double> aUpper) = Vector256.Widen(Vector256.Load(a + i));
                (Vector256<double> bLower, Vector256<double> bUpper) = Vector256.Widen(Vector256.Load(b + i));
                lower += (aLower - bLower) * (aLower - bLower);
                upper += (aUpper - bUpper) * (aUpper - bUpper);
            }

            return Finish(lower, upper, a, b, i, length);
        }
    }

    /// <summary>
    /// Measures one vector against up to four rows of a matrix at a time: the sums are independent, which hides the
    /// latency of additions and memory.
    /// </summary>
    /// <param name="a">The vector.</param>
    /// <param name="matrix">Rows of the same length.</param>
    /// <param name="length">That length.</param>
    /// <param name="rows">The rows to measure.</param>
    /// <param name="count">Their number, at most 4.</param>
    /// <param name="upcoming">Four rows that are likely to be measured next, for prefetching; pass
    /// <paramref name="rows"/> if unknown.</param>
    /// <param name="distances">Receives the squared distances.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe void Squared(
        float* a,
        float* matrix,
        int length,
        int* rows,
        int count,
        int* upcoming,
        double* distances)
    {
        if (count == 0 || !Avx512F.IsSupported)
        {
            for (int row = 0; row < count; row++)
            {
                distances[row] = Squared(a, matrix + (long)rows[row] * length, length);
            }

            return;
        }

        // Duplicating a row costs less than a separate loop for every count.
        float* b0 = matrix + (long)rows[0] * length;
        float* b1 = matrix + (long)rows[Math.Min(1, count - 1)] * length;
        float* b2 = matrix + (long)rows[Math.Min(2, count - 1)] * length;
        float* b3 = matrix + (long)rows[count - 1] * length;
        float* next0 = matrix + (long)upcoming[0] * length;
        float* next1 = matrix + (long)upcoming[1] * length;
        float* next2 = matrix + (long)upcoming[2] * length;
        float* next3 = matrix + (long)upcoming[3] * length;
        Vector512<double> lanes0 = Vector512<double>.Zero, lanes1 = lanes0, lanes2 = lanes0, lanes3 = lanes0;
        int i = 0;
        for (; i <= length - 8; i += 8)
        {
            if ((i & 15) == 0)
            {
                Sse.Prefetch1(next0 + i);
                Sse.Prefetch1(next1 + i);
                Sse.Prefetch1(next2 + i);
                Sse.Prefetch1(next3 + i);
            }

            Vector512<double> value = Widen(a + i);
            Vector512<double> difference = value - Widen(b0 + i);
            lanes0 += difference * difference;
            difference = value - Widen(b1 + i);
            lanes1 += difference * difference;
            difference = value - Widen(b2 + i);
            lanes2 += difference * difference;
            difference = value - Widen(b3 + i);
            lanes3 += difference * difference;
        }

        distances[0] = Finish(lanes0.GetLower(), lanes0.GetUpper(), a, b0, i, length);
        if (count > 1)
        {
            distances[1] = Finish(lanes1.GetLower(), lanes1.GetUpper(), a, b1, i, length);
        }

        if (count > 2)
        {
            distances[2] = Finish(lanes2.GetLower(), lanes2.GetUpper(), a, b2, i, length);
        }

        if (count > 3)
        {
            distances[3] = Finish(lanes3.GetLower(), lanes3.GetUpper(), a, b3, i, length);
        }
    }

    /// <summary>Adds the remaining elements (fewer than eight) and the lanes.</summary>
    private static unsafe double Finish(
        Vector256<double> lower,
        Vector256<double> upper,
        float* a,
        float* b,
        int start,
        int length)
    {
        if (start < length)
        {
            double* rest = stackalloc double[8];
            new Span<double>(rest, 8).Clear();
            for (int lane = 0; start + lane < length; lane++)
            {
                double difference = (double)a[start + lane] - b[start + lane];
                rest[lane] = difference * difference;
            }

            lower += Vector256.Load(rest);
            upper += Vector256.Load(rest + 4);
        }

        Vector256<double> four = lower + upper;
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<double> Widen(float* source) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Double(Vector256.Load(source))
        : Vector512.Create(Vector256.WidenLower(Vector256.Load(source)), Vector256.WidenUpper(Vector256.Load(source)));
}
