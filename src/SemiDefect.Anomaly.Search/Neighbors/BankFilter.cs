namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// Selects the rows of a bank that a search may return: all, or all except one group. Immutable and thread-safe.
/// </summary>
public readonly record struct BankFilter
{
    private readonly int _excludedPlusOne;

    private BankFilter(int excludedPlusOne) => _excludedPlusOne = excludedPlusOne;

    /// <summary>All rows.</summary>
    public static BankFilter All => default;

    /// <summary>Whether rows of a group may be returned.</summary>
    /// <param name="group">0 or more.</param>
    public bool Allows(int group) => group != _excludedPlusOne - 1;

    /// <summary>All rows except those of a group, for example of one fold of the images.</summary>
    /// <param name="group">0 or more, as given when the search was created.</param>
    public static BankFilter Without(int group)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(group);
        return new BankFilter(group + 1);
    }
}
