using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Search.Numerics;

/// <summary>
/// Rows x columns of float32 in row-major order, outside the garbage-collected heap: either allocated (64-byte aligned)
/// or a read-only view of a memory-mapped file. May exceed 2^31 elements; a single row or block may not. Concurrent
/// reads, and concurrent writes to different rows, are thread-safe. The owner disposes it, which frees the memory and
/// invalidates spans taken from it.
/// </summary>
public sealed unsafe class FeatureMatrix : IDisposable
{
    private readonly SafeBuffer _owner;
    private readonly float* _data;
    private bool _disposed;

    private FeatureMatrix(SafeBuffer owner, long byteOffset, int rows, int columns)
    {
        _owner = owner;
        byte* start = null;
        owner.AcquirePointer(ref start);
        _data = (float*)(start + byteOffset);
        Rows = rows;
        Columns = columns;
    }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>The size of the content in bytes.</summary>
    public long ByteLength => (long)Rows * Columns * sizeof(float);

    /// <summary>The first element, for kernels that cannot afford a span per row.</summary>
    internal float* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _data;
        }
    }

    /// <summary>Allocates a matrix of zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, or the number of columns is 0.</exception>
    /// <exception cref="OutOfMemoryException">There is not enough memory.</exception>
    public static FeatureMatrix Allocate(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        return new FeatureMatrix(new OwnedMemory((ulong)rows * (ulong)columns * sizeof(float)), 0, rows, columns);
    }

    /// <summary>Copies <paramref name="values"/>, row by row.</summary>
    /// <exception cref="ArgumentException">The length is not rows x columns.</exception>
    public static FeatureMatrix CopyOf(ReadOnlySpan<float> values, int rows, int columns)
    {
        if (values.Length != (long)rows * columns)
        {
            throw new ArgumentException($"Expected {rows} x {columns} values, got {values.Length}.", nameof(values));
        }

        FeatureMatrix matrix = Allocate(rows, columns);
        values.CopyTo(matrix.RowBlock(0, rows));
        return matrix;
    }

    /// <summary>
    /// Wraps the memory of <paramref name="owner"/> from a byte offset on, and takes ownership of it.
    /// </summary>
    public static FeatureMatrix Over(SafeBuffer owner, long byteOffset, int rows, int columns) =>
        new(owner, byteOffset, rows, columns);

    /// <summary>One row, <see cref="Columns"/> values long.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The row does not exist.</exception>
    public Span<float> Row(int index)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Rows, nameof(index));
        return new Span<float>(_data + (long)index * Columns, Columns);
    }

    /// <summary>Consecutive rows as one span of <paramref name="count"/> x <see cref="Columns"/> values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range exceeds the matrix.</exception>
    /// <exception cref="OverflowException">The block holds more than 2^31 - 1 values.</exception>
    public Span<float> RowBlock(int start, int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)start + count, Rows, nameof(count));
        return new Span<float>(_data + (long)start * Columns, checked(count * Columns));
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _owner.ReleasePointer();
            _owner.Dispose();
        }
    }

    private sealed class OwnedMemory : SafeBuffer
    {
        public OwnedMemory(ulong bytes)
            : base(ownsHandle: true)
        {
            SetHandle((nint)AlignedMemory.Allocate(checked((nuint)bytes)));
            Initialize(Math.Max(bytes, 1));
        }

        protected override bool ReleaseHandle()
        {
            AlignedMemory.Free((void*)handle);
            return true;
        }
    }
}
