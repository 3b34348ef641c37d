using System.Numerics.Tensors;
using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>
/// A dense random projection (Johnson and Lindenstrauss 1984): standard normal entries divided by the square root of
/// the target dimension, so that squared distances keep their expectation. Stateless.
/// </summary>
internal static unsafe class RandomProjection
{
    private const int RowsPerPiece = 96;

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

        int padded = (projection.Rows + ProjectionKernel.ColumnMultiple - 1) / ProjectionKernel.ColumnMultiple
            * ProjectionKernel.ColumnMultiple;
        using var directions = new AlignedBuffer<double>((long)features.Columns * padded);
        for (int target = 0; target < projection.Rows; target++)
        {
            ReadOnlySpan<float> row = projection.Row(target);
            for (int column = 0; column < row.Length; column++)
            {
                directions.Data[(long)column * padded + target] = row[column];
            }
        }

        FeatureMatrix reduced = FeatureMatrix.Allocate(features.Rows, projection.Rows);
        try
        {
            WorkQueue.Run(
                (features.Rows + RowsPerPiece - 1) / RowsPerPiece,
                threads,
                () => new AlignedBuffer<double>((long)RowsPerPiece * (features.Columns + padded)),
                scratch => scratch.Dispose(),
                (piece, scratch) => ApplyPiece(features, directions.Data, padded, reduced, piece, scratch.Data),
                cancellationToken);
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

    private static void ApplyPiece(
        FeatureMatrix features,
        double* directions,
        int padded,
        FeatureMatrix reduced,
        int piece,
        double* widened)
    {
        int first = piece * RowsPerPiece;
        int count = Math.Min(RowsPerPiece, features.Rows - first);
        double* products = widened + (long)RowsPerPiece * features.Columns;
        for (int i = 0; i < count; i++)
        {
            TensorPrimitives.ConvertTruncating<float, double>(
                features.Row(first + i), new Span<double>(widened + (long)i * features.Columns, features.Columns));
        }

        ProjectionKernel.Multiply(widened, count, features.Columns, directions, padded, products);
        for (int i = 0; i < count; i++)
        {
            Span<float> row = reduced.Row(first + i);
            for (int target = 0; target < row.Length; target++)
            {
                row[target] = (float)products[(long)i * padded + target];
            }
        }
    }
}
