using System.Runtime.CompilerServices;
using SemiDefect.Anomaly.Search.Kernels;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// Rows that a query has yet to be measured against, with lower bounds of their distances. Not thread-safe.
/// </summary>
internal sealed unsafe class Candidates : IDisposable
{
    private readonly AlignedBuffer<float> _bounds;
    private readonly AlignedBuffer<int> _positions;

    /// <summary>Allocates room for <paramref name="capacity"/> rows.</summary>
    public Candidates(int capacity)
    {
        Capacity = capacity;
        _bounds = new AlignedBuffer<float>(capacity);
        _positions = new AlignedBuffer<int>(capacity);
    }

    /// <summary>The maximum number of rows.</summary>
    public int Capacity { get; }

    /// <summary>The number of rows.</summary>
    public int Count { get; set; }

    /// <summary>Lower bounds of their squared distances.</summary>
    public float* Bounds => _bounds.Data;

    /// <summary>Their positions.</summary>
    public int* Positions => _positions.Data;

    /// <summary>Adds a row; there must be room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int position, float bound)
    {
        Bounds[Count] = bound;
        Positions[Count++] = position;
    }

    /// <summary>Sorts the rows by bound, smallest first.</summary>
    public void Sort() => SmallSort.Sort(Bounds, Positions, Count);

    /// <inheritdoc/>
    public void Dispose()
    {
        _bounds.Dispose();
        _positions.Dispose();
    }
}
