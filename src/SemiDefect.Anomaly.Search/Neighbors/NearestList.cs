using System.Runtime.CompilerServices;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// The best k rows of one query so far, sorted by distance and then by index, in memory that the caller owns. The final
/// list does not depend on the order in which rows are offered. Not thread-safe.
/// </summary>
internal unsafe struct NearestList
{
    private readonly double* _distances;
    private readonly int* _indices;
    private readonly int _capacity;
    private int _count;

    /// <summary>An empty list with room for <paramref name="capacity"/> elements, at least one.</summary>
    public NearestList(double* distances, int* indices, int capacity)
    {
        _distances = distances;
        _indices = indices;
        _capacity = capacity;
    }

    /// <summary>The largest squared distance that can still enter; infinity while there is room.</summary>
    public readonly double Limit => _count < _capacity ? double.PositiveInfinity : _distances[_capacity - 1];

    /// <summary>Inserts the row at its place. A row must not be offered twice.</summary>
    /// <returns>Whether it was near enough to be inserted.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Offer(double squaredDistance, int index)
    {
        int position = _count;
        if (position == _capacity)
        {
            if (!Precedes(squaredDistance, index, position - 1))
            {
                return false;
            }

            position--;
        }
        else
        {
            _count++;
        }

        for (; position > 0 && Precedes(squaredDistance, index, position - 1); position--)
        {
            _distances[position] = _distances[position - 1];
            _indices[position] = _indices[position - 1];
        }

        _distances[position] = squaredDistance;
        _indices[position] = index;
        return true;
    }

    private readonly bool Precedes(double squaredDistance, int index, int position) =>
        squaredDistance < _distances[position]
        || (squaredDistance == _distances[position] && index < _indices[position]);
}
