using System.Runtime.InteropServices;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Kernels;

/// <summary>
/// Zeroed, cache-line-aligned memory outside the garbage-collected heap. Reading is thread-safe, disposing is not.
/// </summary>
internal sealed unsafe class AlignedBuffer<T> : SafeHandle
    where T : unmanaged
{
    /// <summary>Allocates <paramref name="length"/> elements.</summary>
    /// <exception cref="OutOfMemoryException">There is not enough memory.</exception>
    public AlignedBuffer(long length)
        : base(0, ownsHandle: true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        nuint bytes = checked((nuint)Math.Max(1, length) * (nuint)sizeof(T));
        Data = (T*)AlignedMemory.Allocate(bytes);
        SetHandle((nint)Data);
        Length = length;
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The first element.</summary>
    public T* Data { get; }

    /// <summary>The number of elements.</summary>
    public long Length { get; }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        AlignedMemory.Free((void*)handle);
        return true;
    }
}
