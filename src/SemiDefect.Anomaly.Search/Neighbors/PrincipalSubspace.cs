using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// The leading principal directions of a sample by subspace iteration (Golub and Van Loan, Matrix Computations, 8.2)
/// and a final Rayleigh-Ritz step. Plain float64 arithmetic in a fixed order: the bits are the same on every machine
/// and for any number of threads. Directions that the sample does not span are zero. Stateless.
/// </summary>
internal static unsafe class PrincipalSubspace
{
    private const int Iterations = 3;
    private const int RowsPerPiece = 96;

    /// <summary>Computes the directions of a centered sample.</summary>
    /// <param name="sample">rows x inner, row-major.</param>
    /// <param name="rows">Number of rows of the sample, 1 or more.</param>
    /// <param name="inner">Number of columns of the sample.</param>
    /// <param name="columns">Number of columns of the result, a multiple of
    /// <see cref="ProjectionKernel.ColumnMultiple"/>.</param>
    /// <param name="used">The number of directions to compute, at most <paramref name="columns"/>; the other columns
    /// stay zero.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <returns>
    /// inner x columns, row-major: orthonormal or zero columns, by decreasing variance. The caller disposes it.
    /// </returns>
    public static AlignedBuffer<double> Fit(
        double* sample,
        int rows,
        int inner,
        int columns,
        int used,
        int threads,
        CancellationToken cancellationToken)
    {
        var basis = new AlignedBuffer<double>((long)inner * columns);
        using var transposed = new AlignedBuffer<double>((long)inner * rows);
        using var scores = new AlignedBuffer<double>((long)rows * columns);
        Transpose(sample, rows, inner, transposed.Data);
        var generator = new SeededGenerator(0);
        double[] directions = new double[(long)columns * inner];
        foreach (ref double value in directions.AsSpan(0, Math.Min(used, Math.Min(rows, inner)) * inner))
        {
            value = generator.NextDouble(-1, 1);
        }

        Orthonormalize(directions, columns, inner);
        Spread(directions, columns, inner, basis.Data);
        for (int i = 0; i < Iterations; i++)
        {
            Multiply(sample, rows, inner, basis.Data, columns, scores.Data, threads, cancellationToken);
            Multiply(transposed.Data, inner, rows, scores.Data, columns, basis.Data, threads, cancellationToken);
            Transpose(basis.Data, inner, columns, directions);
            Orthonormalize(directions, columns, inner);
            Spread(directions, columns, inner, basis.Data);
        }

        Multiply(sample, rows, inner, basis.Data, columns, scores.Data, threads, cancellationToken);
        AlignWithAxes(scores.Data, rows, columns, basis.Data, inner);
        ClearRemnants(basis.Data, inner, columns);
        return basis;
    }

    /// <summary>
    /// How far the columns are from orthonormal (or zero): the Frobenius norm of the difference between their Gram
    /// matrix and the nearest diagonal matrix of ones and zeros.
    /// </summary>
    public static double OrthonormalityError(double* basis, int inner, int columns)
    {
        double[] gram = Gram(basis, inner, columns);
        double sum = 0;
        for (int i = 0; i < columns; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double error = gram[i * columns + j] - (i == j && gram[i * columns + i] > 0.5 ? 1 : 0);
                sum += error * error;
            }
        }

        return Math.Sqrt(sum);
    }

    private static void Multiply(
        double* left,
        int rows,
        int inner,
        double* right,
        int columns,
        double* result,
        int threads,
        CancellationToken cancellationToken) =>
        WorkQueue.Run(
            (rows + RowsPerPiece - 1) / RowsPerPiece,
            threads,
            piece =>
            {
                int first = piece * RowsPerPiece;
                int count = Math.Min(RowsPerPiece, rows - first);
                ProjectionKernel.Multiply(
                    left + (long)first * inner, count, inner, right, columns, result + (long)first * columns);
            },
            cancellationToken);

    /// <summary>Rotates the basis within its span so that its columns are the principal axes of the scores.</summary>
    private static void AlignWithAxes(double* scores, int rows, int columns, double* basis, int inner)
    {
        double[] rotation = SymmetricEigen.Decompose(Gram(scores, rows, columns), columns);
        using var turned = new AlignedBuffer<double>((long)inner * columns);
        fixed (double* right = rotation)
        {
            ProjectionKernel.Multiply(basis, inner, columns, right, columns, turned.Data);
        }

        Buffer.MemoryCopy(
            turned.Data, basis, (long)inner * columns * sizeof(double), (long)inner * columns * sizeof(double));
    }

    /// <summary>
    /// Sets columns that should be zero to exactly zero: the proof of the bounds requires either that or unit length.
    /// </summary>
    private static void ClearRemnants(double* basis, int inner, int columns)
    {
        for (int column = 0; column < columns; column++)
        {
            double square = 0;
            for (int i = 0; i < inner; i++)
            {
                square += basis[(long)i * columns + column] * basis[(long)i * columns + column];
            }

            for (int i = 0; i < inner && square < 0.5; i++)
            {
                basis[(long)i * columns + column] = 0;
            }
        }
    }

    private static double[] Gram(double* matrix, int rows, int columns)
    {
        using var transposed = new AlignedBuffer<double>((long)rows * columns);
        Transpose(matrix, rows, columns, transposed.Data);
        double[] gram = new double[columns * columns];
        fixed (double* result = gram)
        {
            ProjectionKernel.Multiply(transposed.Data, columns, rows, matrix, columns, result);
        }

        return gram;
    }

    /// <summary>Modified Gram-Schmidt on rows, applied twice (Giraud and Langou 2002: twice is enough).</summary>
    private static void Orthonormalize(double[] rows, int count, int length)
    {
        for (int i = 0; i < count; i++)
        {
            Span<double> row = rows.AsSpan(i * length, length);
            double before = Math.Sqrt(DotProduct.Of(row, row));
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < i; j++)
                {
                    Span<double> other = rows.AsSpan(j * length, length);
                    TensorPrimitives.MultiplyAdd(other, -DotProduct.Of(row, other), row, row);
                }
            }

            // The remainder of a direction within the span of the others is rounding noise.
            double norm = Math.Sqrt(DotProduct.Of(row, row));
            double factor = norm > 1e-10 * before ? 1 / norm : 0;
            TensorPrimitives.Multiply(row, factor, row);
        }
    }

    private static void Spread(double[] directions, int columns, int inner, double* basis)
    {
        fixed (double* source = directions)
        {
            Transpose(source, columns, inner, basis);
        }
    }

    private static void Transpose(double* source, int rows, int columns, double[] target)
    {
        fixed (double* start = target)
        {
            Transpose(source, rows, columns, start);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(double* source, int rows, int columns, double* target)
    {
        const int Tile = 16;
        for (int top = 0; top < rows; top += Tile)
        {
            int bottom = Math.Min(rows, top + Tile);
            for (int left = 0; left < columns; left += Tile)
            {
                int right = Math.Min(columns, left + Tile);
                for (int row = top; row < bottom; row++)
                {
                    for (int column = left; column < right; column++)
                    {
                        target[(long)column * rows + row] = source[(long)row * columns + column];
                    }
                }
            }
        }
    }
}
