namespace SemiDefect.Anomaly.Serialization;

/// <summary>The size of a memory bank. Immutable and thread-safe.</summary>
/// <param name="Rows">The number of patches.</param>
/// <param name="Columns">Values per patch.</param>
public sealed record BankRecord(int Rows, int Columns)
{
    /// <summary>The number of patches that it was selected from.</summary>
    public int Patches { get; init; }

    /// <summary>The largest Euclidean distance of any good patch to the bank; null if not known.</summary>
    public double? CoveringRadius { get; init; }
}
