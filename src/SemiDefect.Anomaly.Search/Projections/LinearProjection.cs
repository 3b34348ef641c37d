using System.Numerics.Tensors;
using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Projections;

/// <summary>
/// A linear map of vectors: y = M x. Products are accumulated in float64 in a fixed order and rounded once, so the bits
/// are the same on every machine and for any number of threads. Thread-safe. Memory: 8 bytes per value of the matrix,
/// and 96 rows in float64 per thread.
/// </summary>
public sealed unsafe class LinearProjection : IDisposable
{
    private const int RowsPerPiece = 96;

    private readonly AlignedBuffer<double> _columns;
    private readonly int _padded;

    /// <summary>Creates a map.</summary>
    /// <param name="matrix">outputs x inputs values, row by row.</param>
    /// <param name="outputs">The length of the results, 1 or more.</param>
    /// <param name="inputs">The length of the vectors, 1 or more.</param>
    /// <exception cref="ArgumentException">The matrix has another number of values.</exception>
    public LinearProjection(ReadOnlySpan<float> matrix, int outputs, int inputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        if (matrix.Length != (long)outputs * inputs)
        {
            throw new ArgumentException(
                $"Expected {outputs} x {inputs} values, got {matrix.Length}.", nameof(matrix));
        }

        (Outputs, Inputs) = (outputs, inputs);
        _padded = (outputs + ProjectionKernel.ColumnMultiple - 1) / ProjectionKernel.ColumnMultiple
            * ProjectionKernel.ColumnMultiple;
        _columns = new AlignedBuffer<double>((long)inputs * _padded);
        for (int output = 0; output < outputs; output++)
        {
            ReadOnlySpan<float> row = matrix.Slice(output * inputs, inputs);
            for (int input = 0; input < inputs; input++)
            {
                _columns.Data[(long)input * _padded + output] = row[input];
            }
        }
    }

    /// <summary>The length of the vectors.</summary>
    public int Inputs { get; }

    /// <summary>The length of the results.</summary>
    public int Outputs { get; }

    /// <summary>Maps rows.</summary>
    /// <param name="rows">Vectors of <see cref="Inputs"/> values, consecutively.</param>
    /// <param name="results">Vectors of <see cref="Outputs"/> values, as many; may be the same memory if both have the
    /// same length.</param>
    /// <param name="threads">The number of threads, 1 or more.</param>
    /// <param name="cancellationToken">Stops between blocks of rows.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public void Apply(
        ReadOnlySpan<float> rows, Span<float> results, int threads, CancellationToken cancellationToken)
    {
        int count = rows.Length / Inputs;
        if (rows.Length != (long)count * Inputs || results.Length != (long)count * Outputs)
        {
            throw new ArgumentException(
                $"Expected vectors of {Inputs} values and results of {Outputs}, got {rows.Length} and "
                    + $"{results.Length} values.",
                nameof(results));
        }

        fixed (float* source = rows)
        {
            fixed (float* target = results)
            {
                Apply(source, count, target, threads, cancellationToken);
            }
        }
    }

    /// <summary>Frees the matrix.</summary>
    public void Dispose() => _columns.Dispose();

    /// <summary>The same for blocks of more than 2^31 values.</summary>
    internal void Apply(float* rows, int count, float* results, int threads, CancellationToken cancellationToken)
    {
        WorkQueue.Run(
            (count + RowsPerPiece - 1) / RowsPerPiece,
            threads,
            () => new AlignedBuffer<double>((long)RowsPerPiece * (Inputs + _padded)),
            scratch => scratch.Dispose(),
            (piece, scratch) =>
            {
                long first = (long)piece * RowsPerPiece;
                ApplyPiece(
                    rows + first * Inputs,
                    (int)Math.Min(RowsPerPiece, count - first),
                    results + first * Outputs,
                    scratch.Data);
            },
            cancellationToken);
    }

    private void ApplyPiece(float* rows, int count, float* results, double* widened)
    {
        TensorPrimitives.ConvertTruncating<float, double>(
            new ReadOnlySpan<float>(rows, count * Inputs), new Span<double>(widened, count * Inputs));
        double* products = widened + (long)RowsPerPiece * Inputs;
        ProjectionKernel.Multiply(widened, count, Inputs, _columns.Data, _padded, products);
        for (int row = 0; row < count; row++)
        {
            double* product = products + (long)row * _padded;
            float* result = results + (long)row * Outputs;
            for (int output = 0; output < Outputs; output++)
            {
                result[output] = (float)product[output];
            }
        }
    }
}
