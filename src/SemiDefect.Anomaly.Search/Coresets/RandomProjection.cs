using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Projections;

namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>
/// A dense random projection (Johnson and Lindenstrauss 1984): standard normal entries divided by the square root of
/// the target dimension, so that squared distances keep their expectation. Stateless.
/// </summary>
internal static unsafe class RandomProjection
{
    /// <summary>Draws a projection, target x source. The caller disposes it.</summary>
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

    /// <summary>
    /// Computes features x projection^T, accumulated in float64 in a fixed order and rounded once. The caller disposes
    /// the result.
    /// </summary>
    /// <exception cref="SemiDefectException">
    /// The projection takes a different number of columns, or a value overflows.
    /// </exception>
    public static FeatureMatrix Apply(
        FeatureMatrix features,
        FeatureMatrix projection,
        int threads,
        CancellationToken cancellationToken)
    {
        if (projection.Columns != features.Columns)
        {
            throw new SemiDefectException(
                $"The projection takes {projection.Columns} columns, but the features have {features.Columns}.");
        }

        using var map = new LinearProjection(
            projection.RowBlock(0, projection.Rows), projection.Rows, projection.Columns);
        FeatureMatrix reduced = FeatureMatrix.Allocate(features.Rows, projection.Rows);
        try
        {
            map.Apply(features.Data, features.Rows, reduced.Data, threads, cancellationToken);
            if (Magnitude.FirstRowNotFinite(reduced) is int bad and >= 0)
            {
                throw new SemiDefectException(
                    $"Row {bad} of the features is too large to be projected; scale the features down.");
            }

            return reduced;
        }
        catch
        {
            reduced.Dispose();
            throw;
        }
    }
}
