namespace SemiDefect.Anomaly.Serialization;

/// <summary>The size of a memory bank. Immutable and thread-safe.</summary>
/// <param name="Rows">Patches kept.</param>
/// <param name="Columns">Values per patch.</param>
public sealed record BankRecord(int Rows, int Columns)
{
    /// <summary>The number of patches that it was picked from.</summary>
    public int Patches { get; init; }

    /// <summary>No good patch is farther (Euclidean) from the bank's nearest one; null where it is not known.</summary>
    public double? CoveringRadius { get; init; }
}
