namespace SemiDefect.Anomaly.Gpu.Kernels;

/// <summary>Lists of sixteen.</summary>
internal readonly struct SixteenSlots : IListLength
{
    /// <inheritdoc/>
    public int Slots => 16;
}
