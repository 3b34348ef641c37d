namespace SemiDefect.Anomaly.Serialization;

/// <summary>The size of a memory bank.</summary>
/// <param name="Rows">Patches kept.</param>
/// <param name="Columns">Values per patch.</param>
public sealed record BankRecord(int Rows, int Columns);
