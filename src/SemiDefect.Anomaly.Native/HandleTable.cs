using System.Collections.Concurrent;

namespace SemiDefect.Anomaly.Native;

/// <summary>
/// Objects by numbers that are never used twice, so that a handle that was freed, or was never one, is recognized. The
/// numbers of all tables are different. Thread-safe.
/// </summary>
internal sealed class HandleTable<T>
    where T : class
{
    private readonly ConcurrentDictionary<nint, T> _objects = new();

    /// <summary>Takes an object, and returns its handle.</summary>
    public nint Add(T value)
    {
        nint handle = HandleNumbers.Next();
        _objects[handle] = value;
        return handle;
    }

    /// <summary>Finds an object.</summary>
    /// <exception cref="NativeCallException">There is none of this handle.</exception>
    public T Get(nint handle) => _objects.TryGetValue(handle, out T? value) ? value : throw Unknown();

    /// <summary>Takes an object out.</summary>
    /// <exception cref="NativeCallException">There is none of this handle.</exception>
    public T Remove(nint handle) => _objects.TryRemove(handle, out T? value) ? value : throw Unknown();

    private static NativeCallException Unknown() =>
        new(Status.Handle, "There is no object of this handle: it was freed, or is of another kind, or NULL.");
}
