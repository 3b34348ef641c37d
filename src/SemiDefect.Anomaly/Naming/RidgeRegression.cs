using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace SemiDefect.Anomaly.Naming;

/// <summary>
/// Weighted least squares with a penalty on the squared coefficients, and its predictions with whole groups of rows
/// left out, without solving again for each (Golub, Heath and Wahba 1979, for groups). Plain float64 arithmetic in
/// fixed order: the same bits on every machine. Immutable and thread-safe.
/// </summary>
internal sealed class RidgeRegression
{
    private readonly int _columns;
    private readonly double[] _factor;
    private readonly double[][] _rows;
    private readonly double[][] _targets;
    private readonly double[] _coefficients;
    private readonly int _outputs;

    /// <summary>Solves.</summary>
    /// <param name="moments">The products of rows and targets.</param>
    /// <param name="penalty">The penalty of every column, above 0.</param>
    /// <param name="cancellationToken">Stops.</param>
    public RidgeRegression(RidgeMoments moments, IReadOnlyList<double> penalty, CancellationToken cancellationToken)
    {
        (_rows, _targets, _columns, _outputs) = (moments.Rows, moments.Targets, moments.Columns, moments.Outputs);
        _factor = [.. moments.Gram];
        for (int i = 0; i < _columns; i++)
        {
            _factor[i * _columns + i] += penalty[i];
        }

        Factor(_factor, _columns, cancellationToken);
        _coefficients = [.. moments.Right];
        for (int output = 0; output < _outputs; output++)
        {
            SolveLower(_coefficients.AsSpan(output * _columns, _columns));
            SolveUpper(_coefficients.AsSpan(output * _columns, _columns));
        }
    }

    /// <summary>The coefficients of an output, one per column.</summary>
    public ReadOnlySpan<double> Coefficients(int output) => _coefficients.AsSpan(output * _columns, _columns);

    /// <summary>
    /// The residuals of the rows of a group, target minus prediction, by the coefficients that the other rows give;
    /// weighted like the rows.
    /// </summary>
    public double[][] LeftOut(IReadOnlyList<int> group)
    {
        int size = group.Count;
        double[][] solved = [.. group.Select(row =>
        {
            double[] half = [.. _rows[row]];
            SolveLower(half);
            return half;
        })];
        double[] matrix = new double[size * size];
        double[][] residuals = [.. group.Select(row => Enumerable.Range(0, _outputs)
            .Select(output => _targets[row][output] - Dot(_rows[row], Coefficients(output)))
            .ToArray())];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                matrix[i * size + j] = (i == j ? 1 : 0) - Dot(solved[i], solved[j]);
            }

            // Rounding may leave a zero where a row is all that supports a column.
            matrix[i * size + i] = Math.Max(matrix[i * size + i], 1e-9);
        }

        Factor(matrix, size, CancellationToken.None);
        for (int output = 0; output < _outputs; output++)
        {
            double[] column = [.. residuals.Select(residual => residual[output])];
            SolveLower(matrix, size, column);
            SolveUpper(matrix, size, column);
            for (int i = 0; i < size; i++)
            {
                residuals[i][output] = column[i];
            }
        }

        return residuals;
    }

    /// <summary>The sum of products, by four partial sums in a fixed order, without fused operations.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Vector256<double> sums = Vector256<double>.Zero;
        int i = 0;
        for (; i + 4 <= a.Length; i += 4)
        {
            sums += Vector256.Create(a.Slice(i, 4)) * Vector256.Create(b.Slice(i, 4));
        }

        double rest = 0;
        for (; i < a.Length; i++)
        {
            rest += a[i] * b[i];
        }

        return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + rest;
    }

    // Cholesky in the lower triangle, in place.
    private static void Factor(double[] matrix, int size, CancellationToken cancellationToken)
    {
        for (int i = 0; i < size; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int j = 0; j <= i; j++)
            {
                double value = matrix[i * size + j]
                    - Dot(matrix.AsSpan(i * size, j), matrix.AsSpan(j * size, j));
                matrix[i * size + j] = i == j
                    ? Math.Sqrt(Math.Max(value, 1e-12))
                    : value / matrix[j * size + j];
            }
        }
    }

    private static void SolveLower(double[] factor, int size, Span<double> values)
    {
        for (int i = 0; i < size; i++)
        {
            values[i] = (values[i] - Dot(factor.AsSpan(i * size, i), values[..i])) / factor[i * size + i];
        }
    }

    private static void SolveUpper(double[] factor, int size, Span<double> values)
    {
        for (int i = size - 1; i >= 0; i--)
        {
            values[i] /= factor[i * size + i];
            TensorPrimitives.MultiplyAdd(factor.AsSpan(i * size, i), -values[i], values[..i], values[..i]);
        }
    }

    private void SolveLower(Span<double> values) => SolveLower(_factor, _columns, values);

    private void SolveUpper(Span<double> values) => SolveUpper(_factor, _columns, values);
}

/// <summary>The weighted products of rows and targets, for several penalties. Treat as immutable.</summary>
internal sealed class RidgeMoments
{
    /// <summary>Multiplies.</summary>
    /// <param name="rows">The rows, each already multiplied by the square root of its weight.</param>
    /// <param name="targets">The targets of each row, multiplied likewise.</param>
    /// <param name="cancellationToken">Stops.</param>
    public RidgeMoments(double[][] rows, double[][] targets, CancellationToken cancellationToken)
    {
        (Rows, Targets, Columns, Outputs) = (rows, targets, rows[0].Length, targets[0].Length);
        Gram = new double[Columns * Columns];
        Right = new double[Columns * Outputs];
        for (int r = 0; r < rows.Length; r++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double[] row = rows[r];
            for (int i = 0; i < Columns; i++)
            {
                Span<double> line = Gram.AsSpan(i * Columns, i + 1);
                TensorPrimitives.MultiplyAdd(row.AsSpan(0, i + 1), row[i], line, line);
            }

            for (int output = 0; output < Outputs; output++)
            {
                Span<double> line = Right.AsSpan(output * Columns, Columns);
                TensorPrimitives.MultiplyAdd(row, targets[r][output], line, line);
            }
        }
    }

    /// <summary>The weighted rows.</summary>
    public double[][] Rows { get; }

    /// <summary>The weighted targets of each row.</summary>
    public double[][] Targets { get; }

    /// <summary>Values per row.</summary>
    public int Columns { get; }

    /// <summary>Targets per row.</summary>
    public int Outputs { get; }

    /// <summary>Columns x columns, the lower triangle.</summary>
    public double[] Gram { get; }

    /// <summary>Outputs x columns.</summary>
    public double[] Right { get; }
}
