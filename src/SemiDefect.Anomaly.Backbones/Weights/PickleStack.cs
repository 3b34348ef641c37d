namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>
/// The stack of a pickle, with its marks. Objects below the last mark cannot be reached. Not thread-safe.
/// </summary>
/// <param name="source">The file, for messages.</param>
internal sealed class PickleStack(WeightsSource source)
{
    private readonly List<object?> _items = [];
    private readonly List<int> _marks = [];

    private int LastMark => _marks.Count == 0 ? 0 : _marks[^1];

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        _items.Clear();
        _marks.Clear();
    }

    /// <summary>Sets a mark above the topmost object.</summary>
    public void Mark() => _marks.Add(_items.Count);

    /// <summary>Adds an object.</summary>
    public void Push(object? item) => _items.Add(item);

    /// <summary>The topmost object.</summary>
    /// <exception cref="WeightsFormatException">There is none above the last mark.</exception>
    public object? Peek() => _items.Count > LastMark ? _items[^1] : throw source.Refuse("its pickle is damaged");

    /// <summary>Removes the topmost object.</summary>
    /// <exception cref="WeightsFormatException">There is none above the last mark.</exception>
    public object? Pop()
    {
        object? top = Peek();
        _items.RemoveAt(_items.Count - 1);
        return top;
    }

    /// <summary>Removes the topmost objects; the topmost is the last of the result.</summary>
    /// <exception cref="WeightsFormatException">There are fewer above the last mark.</exception>
    public object?[] PopMany(int count)
    {
        if (_items.Count - LastMark < count)
        {
            throw source.Refuse("its pickle is damaged");
        }

        object?[] items = [.. _items[^count..]];
        _items.RemoveRange(_items.Count - count, count);
        return items;
    }

    /// <summary>Removes the last mark and all objects above it.</summary>
    /// <exception cref="WeightsFormatException">There is no mark.</exception>
    public object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw source.Refuse("its pickle is damaged");
        }

        object?[] items = PopMany(_items.Count - _marks[^1]);
        _marks.RemoveAt(_marks.Count - 1);
        return items;
    }
}
