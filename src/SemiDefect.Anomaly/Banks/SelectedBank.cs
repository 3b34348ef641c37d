namespace SemiDefect.Anomaly.Banks;

/// <summary>A memory bank and how well it stands for what it was picked from.</summary>
/// <param name="Bank">The bank, to be disposed of by whoever has this.</param>
/// <param name="CoveringRadius">No row is farther (Euclidean) from the row of the bank nearest to it.</param>
internal sealed record SelectedBank(MemoryBank Bank, double CoveringRadius);
