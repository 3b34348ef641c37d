namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// Which rows of a bank may answer a search: all, or all but those of one group. Immutable and thread-safe.
/// </summary>
public readonly record struct BankFilter
{
    private readonly int _excludedPlusOne;

    private BankFilter(int excludedPlusOne) => _excludedPlusOne = excludedPlusOne;

    /// <summary>All rows.</summary>
    public static BankFilter All => default;

    /// <summary>Whether rows of a group may answer.</summary>
    /// <param name="group">0 or more.</param>
    public bool Allows(int group) => group != _excludedPlusOne - 1;

    /// <summary>All rows but those of a group, such as those that came from one fold of the images.</summary>
    /// <param name="group">0 or more, as given when the search was made.</param>
    public static BankFilter Without(int group)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(group);
        return new BankFilter(group + 1);
    }
}
