using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SemiDefect.Anomaly.Neighbors;
using SemiDefect.Anomaly.Numerics;

namespace SemiDefect.Anomaly.Memory;

/// <summary>
/// A dense random projection (Johnson and Lindenstrauss 1984): standard normal entries over the root of the target
/// dimension, so that distances keep their expectation. Thread-safe: nothing is kept.
/// </summary>
internal static unsafe class RandomProjection
{
    private const int RowBlock = 64;

    /// <summary>Draws a projection, target x source, that the caller owns.</summary>
    public static FeatureMatrix Draw(int target, int source, ulong seed)
    {
        FeatureMatrix projection = FeatureMatrix.Allocate(target, source);
        var generator = new SeededGenerator(seed);
        double scale = 1 / Math.Sqrt(target);
        for (int row = 0; row < target; row++)
        {
            foreach (ref float value in projection.Row(row))
            {
                value = (float)(generator.NextGaussian() * scale);
            }
        }

        return projection;
    }

    /// <summary>features x projection^T, accumulated in float64 in a fixed order and rounded once; the caller owns it.</summary>
    /// <exception cref="SemiDefectException">The projection takes another number of columns, or a value overflows.</exception>
    public static FeatureMatrix Apply(FeatureMatrix features, FeatureMatrix projection, int threads, CancellationToken cancellationToken)
    {
        if (projection.Columns != features.Columns)
        {
            throw new SemiDefectException($"The projection takes {projection.Columns} columns, but the features have {features.Columns}.");
        }

        FeatureMatrix reduced = FeatureMatrix.Allocate(features.Rows, projection.Rows);
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
            Parallel.For(0, (features.Rows + RowBlock - 1) / RowBlock, options, block =>
            {
                int end = Math.Min(features.Rows, (block + 1) * RowBlock);
                for (int target = 0; target < projection.Rows; target++)
                {
                    float* direction = projection.Data + (long)target * projection.Columns;
                    for (int row = block * RowBlock; row < end; row++)
                    {
                        float* feature = features.Data + (long)row * features.Columns;
                        reduced.Data[(long)row * reduced.Columns + target] = (float)Dot(feature, direction, features.Columns);
                    }
                }
            });
            if (Magnitude.FirstRowNotFinite(reduced) is int bad and >= 0)
            {
                throw new SemiDefectException($"Row {bad} of the features is too large to be projected; scale the features down.");
            }

            return reduced;
        }
        catch
        {
            reduced.Dispose();
            throw;
        }
    }

    /// <summary>Products of float32 are exact in float64, so that only the order of the sums matters: element i to lane i mod 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Dot(float* a, float* b, int length)
    {
        Vector256<double> lower = Vector256<double>.Zero;
        Vector256<double> upper = Vector256<double>.Zero;
        int i = 0;
        for (; i <= length - 8; i += 8)
        {
            (Vector256<double> aLower, Vector256<double> aUpper) = Vector256.Widen(Vector256.Load(a + i));
            (Vector256<double> bLower, Vector256<double> bUpper) = Vector256.Widen(Vector256.Load(b + i));
            lower += aLower * bLower;
            upper += aUpper * bUpper;
        }

        double rest = 0;
        for (; i < length; i++)
        {
            rest += (double)a[i] * b[i];
        }

        Vector256<double> four = lower + upper;
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1) + rest;
    }
}
