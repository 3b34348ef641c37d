namespace SemiDefect.Anomaly.Gpu.Kernels;

/// <summary>Lists of sixty-four.</summary>
internal readonly struct SixtyFourSlots : IListLength
{
    /// <inheritdoc/>
    public int Slots => 64;
}
