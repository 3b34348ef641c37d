using System.Runtime.Intrinsics;

namespace SemiDefect.Anomaly.Search.Kernels;

/// <summary>
/// The few operations that the kernels need of one vector width, so that each kernel is written once. Implementations
/// hold nothing; the compiler inlines every call.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TElement">Its elements.</typeparam>
internal unsafe interface ISimd<TVector, TElement>
    where TVector : unmanaged
    where TElement : unmanaged
{
    /// <summary>Elements in a vector.</summary>
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

    /// <summary>The smaller of each pair; the operands hold no NaN.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>The larger of each pair; the operands hold no NaN.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>a * b + c, fused where the processor can: for filters with an error bound, never for what is reported.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The sum of the lanes, in no particular order: for filters only.</summary>
    static abstract TElement Sum(TVector value);

    /// <summary>The upper half added to the lower until 128 bits are left.</summary>
    static abstract Vector128<TElement> Fold(TVector value);

    /// <summary>Bit i is set where lane i of <paramref name="a"/> is below lane i of <paramref name="b"/>.</summary>
    static abstract uint LessThanMask(TVector a, TVector b);
}
