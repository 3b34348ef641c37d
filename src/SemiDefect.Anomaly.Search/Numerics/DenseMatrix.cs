using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Numerics;

/// <summary>
/// A matrix of float64 for training, zero at first. Rows and columns are padded with zeros to what the kernel of the
/// product needs. Writing to different rows is thread-safe. The owner disposes of it.
/// </summary>
internal sealed unsafe class DenseMatrix : IDisposable
{
    private const int RowsPerPiece = 48;

    private readonly AlignedBuffer<double> _buffer;
    private readonly int _height;

    public DenseMatrix(int rows, int columns)
    {
        (Rows, Columns, Stride, _height) = (rows, columns, Pad(columns), Pad(rows));
        _buffer = new AlignedBuffer<double>((long)_height * Stride);
    }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>Values from one row to the next.</summary>
    public int Stride { get; }

    /// <summary>All values, with the padding.</summary>
    public Span<double> Padded => new(_buffer.Data, checked(_height * Stride));

    /// <summary>A row.</summary>
    public Span<double> Row(int row) => new(_buffer.Data + (long)row * Stride, Columns);

    /// <summary>Becomes left x right; each value is summed in the order of the inner index.</summary>
    public void SetProduct(DenseMatrix left, DenseMatrix right, int threads, CancellationToken cancellationToken)
    {
        if (left.Columns != right.Rows || left.Rows != Rows || right.Columns != Columns)
        {
            throw new ArgumentException("The sizes of the matrices do not match.", nameof(left));
        }

        WorkQueue.Run(
            (Rows + RowsPerPiece - 1) / RowsPerPiece,
            threads,
            piece =>
            {
                int first = piece * RowsPerPiece;
                ProjectionKernel.Multiply(
                    left._buffer.Data + (long)first * left.Stride,
                    Math.Min(RowsPerPiece, Rows - first),
                    left.Stride,
                    right._buffer.Data,
                    Stride,
                    _buffer.Data + (long)first * Stride);
            },
            cancellationToken);
    }

    /// <summary>Becomes the other matrix, rows and columns exchanged.</summary>
    public void SetTransposed(DenseMatrix other)
    {
        if (other.Columns != Rows || other.Rows != Columns)
        {
            throw new ArgumentException("The sizes of the matrices do not match.", nameof(other));
        }

        for (int row = 0; row < other.Rows; row++)
        {
            Span<double> values = other.Row(row);
            double* target = _buffer.Data + row;
            for (int column = 0; column < values.Length; column++, target += Stride)
            {
                *target = values[column];
            }
        }
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose() => _buffer.Dispose();

    private static int Pad(int size) =>
        (size + ProjectionKernel.ColumnMultiple - 1) / ProjectionKernel.ColumnMultiple
            * ProjectionKernel.ColumnMultiple;
}
