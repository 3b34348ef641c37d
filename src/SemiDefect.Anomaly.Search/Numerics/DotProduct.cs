using System.Runtime.CompilerServices;

namespace SemiDefect.Anomaly.Search.Numerics;

/// <summary>
/// Dot products in float64 in a fixed order; the order of <c>TensorPrimitives.Dot</c> depends on the processor.
/// Stateless.
/// </summary>
internal static class DotProduct
{
    /// <summary>The sum of a[i] b[i], of four interleaved partial sums.</summary>
    /// <param name="a">The first vector.</param>
    /// <param name="b">The second vector, of the same length or longer.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Of(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        int i = 0;
        for (; i <= a.Length - 4; i += 4)
        {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }

        for (; i < a.Length; i++)
        {
            s0 += a[i] * b[i];
        }

        return (s0 + s1) + (s2 + s3);
    }
}
