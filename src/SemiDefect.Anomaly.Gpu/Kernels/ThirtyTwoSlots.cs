namespace SemiDefect.Anomaly.Gpu.Kernels;

/// <summary>Lists of thirty-two.</summary>
internal readonly struct ThirtyTwoSlots : IListLength
{
    /// <inheritdoc/>
    public int Slots => 32;
}
