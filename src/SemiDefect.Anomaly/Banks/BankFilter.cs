namespace SemiDefect.Anomaly.Banks;

/// <summary>Which rows of a memory bank may answer: all, or all but those of one group. Immutable and thread-safe.</summary>
public readonly record struct BankFilter
{
    private readonly int _excludedPlusOne;

    private BankFilter(int excludedPlusOne) => _excludedPlusOne = excludedPlusOne;

    /// <summary>All rows, as when a new image is inspected.</summary>
    public static BankFilter All => default;

    /// <summary>The group that is passed over; null for none.</summary>
    public int? ExcludedGroup => _excludedPlusOne == 0 ? null : _excludedPlusOne - 1;

    /// <summary>All rows but those of a group: as when an image is judged by what did not come from its fold.</summary>
    /// <param name="group">0 or more, as given when the model was made.</param>
    public static BankFilter Without(int group)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(group);
        return new BankFilter(group + 1);
    }
}
