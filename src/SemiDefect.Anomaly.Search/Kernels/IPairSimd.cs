namespace SemiDefect.Anomaly.Search.Kernels;

/// <summary>
/// The operations that <see cref="PanelKernel"/> needs of one vector width: 32-bit lanes, each of them a pair of 16-bit
/// integers or a sum. Implementations are stateless; the compiler inlines every call.
/// </summary>
/// <typeparam name="TVector">The vector type.</typeparam>
internal unsafe interface IPairSimd<TVector>
    where TVector : unmanaged
{
    /// <summary>Number of lanes in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>All zeros.</summary>
    static abstract TVector Zero { get; }

    /// <summary>Loads from any address.</summary>
    static abstract TVector Load(int* source);

    /// <summary>The same pair in every lane.</summary>
    static abstract TVector Broadcast(int pair);

    /// <summary>
    /// In each lane, adds both products of the pairs <paramref name="a"/> and <paramref name="b"/> to
    /// <paramref name="sum"/>; exact unless the sum overflows 32 bits.
    /// </summary>
    static abstract TVector MultiplyAddPairs(TVector a, TVector b, TVector sum);

    /// <summary>Stores sum * scale + start as float32, fused where the processor supports it.</summary>
    static abstract void StoreScaled(TVector sum, float scale, float* start, float* destination);
}
