using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SemiDefect.Anomaly.Neighbors;

/// <summary>
/// The squared Euclidean distance that this engine reports: differences and squares in float64, summed in eight
/// logical lanes (element i goes to lane i mod 8), the lanes then added as ((0+4)+(2+6))+((1+5)+(3+7)). No fused
/// multiply-add, so the bits are the same whatever the instruction set. Thread-safe: nothing is kept.
/// </summary>
internal static class ExactDistance
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Squared(ref float a, ref float b, int length)
    {
        Vector512<double> lanes = Vector512<double>.Zero;
        int i = 0;
        for (; i <= length - 8; i += 8)
        {
            Vector512<double> difference = Widen(ref a, i) - Widen(ref b, i);
            lanes += difference * difference;
        }

        if (i < length)
        {
            Span<double> rest = stackalloc double[8];
            rest.Clear();
            for (int lane = 0; i < length; i++, lane++)
            {
                double difference = (double)Unsafe.Add(ref a, i) - Unsafe.Add(ref b, i);
                rest[lane] = difference * difference;
            }

            lanes += Vector512.Create<double>(rest);
        }

        Vector256<double> four = lanes.GetLower() + lanes.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Widen(ref float source, int offset)
    {
        Vector256<float> values = Vector256.LoadUnsafe(ref source, (nuint)offset);
        (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(values);
        return Vector512.Create(lower, upper);
    }
}
