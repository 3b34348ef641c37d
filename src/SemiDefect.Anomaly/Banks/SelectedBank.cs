namespace SemiDefect.Anomaly.Banks;

/// <summary>A memory bank and its covering radius.</summary>
/// <param name="Bank">The bank; the receiver disposes of it.</param>
/// <param name="CoveringRadius">The largest Euclidean distance of any row to its nearest row in the bank.</param>
internal sealed record SelectedBank(MemoryBank Bank, double CoveringRadius);
