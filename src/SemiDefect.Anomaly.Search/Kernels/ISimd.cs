using System.Runtime.Intrinsics;

namespace SemiDefect.Anomaly.Search.Kernels;

/// <summary>
/// The operations that the kernels need of one vector width, so that each kernel is written once. Implementations are
/// stateless; the compiler inlines every call.
/// </summary>
/// <typeparam name="TVector">The vector type.</typeparam>
/// <typeparam name="TElement">The element type.</typeparam>
internal unsafe interface ISimd<TVector, TElement>
    where TVector : unmanaged
    where TElement : unmanaged
{
    /// <summary>Number of elements in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>All zeros.</summary>
    static abstract TVector Zero { get; }

    /// <summary>Loads from any address.</summary>
    static abstract TVector Load(TElement* source);

    /// <summary>Stores to any address.</summary>
    static abstract void Store(TVector value, TElement* destination);

    /// <summary>The same value in every lane.</summary>
    static abstract TVector Broadcast(TElement value);

    /// <summary>a + b.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>a - b.</summary>
    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>a * b.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>The elementwise minimum; the operands hold no NaN.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>The elementwise maximum; the operands hold no NaN.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>
    /// a * b + c, fused where the processor supports it: for filters with an error bound, never for reported values.
    /// </summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The sum of the lanes, in no particular order: only for filters.</summary>
    static abstract TElement Sum(TVector value);

    /// <summary>Adds the upper half to the lower half until 128 bits are left.</summary>
    static abstract Vector128<TElement> Fold(TVector value);

    /// <summary>Bit i is set if lane i of <paramref name="a"/> is below lane i of <paramref name="b"/>.</summary>
    static abstract uint LessThanMask(TVector a, TVector b);
}
