using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Naming;

/// <summary>The types of defects that a detector was taught. Immutable and thread-safe.</summary>
public sealed class DefectNames
{
    internal DefectNames(NamesRecord record, int skipped = 0, int notFound = 0)
    {
        (Record, Skipped, NotFound) = (record, skipped, notFound);
        Types = [.. record.Types.Select(type => new TaughtType(
            type.Name, type.Defects, type.Right, UsesOwn(record, type)))];
    }

    /// <summary>The types, in ordinal order; at least one.</summary>
    public IReadOnlyList<TaughtType> Types { get; }

    /// <summary>How regions get their names.</summary>
    public NamingMethod Method => Record.Method;

    /// <summary>Whether each image has one name, by what it shows as a whole.</summary>
    public bool IsWhole => Record.Whole == true;

    /// <summary>The share of defects of these types that may be called unknown.</summary>
    public double UnknownRate => Record.UnknownRate;

    /// <summary>The number of turned, mirrored and pasted defects that were learned as well.</summary>
    public int Views => Record.Views;

    /// <summary>
    /// The mean over the types with two or more defects of the share of their defects that are named right by what was
    /// learned from all others; null if there is no such type.
    /// </summary>
    public double? HeldOutAccuracy =>
        Types.Where(type => type.Defects > 1).Select(type => (double)type.Right / type.Defects).ToArray() is
        { Length: > 0 } shares
            ? shares.Average()
            : null;

    /// <summary>
    /// Labeled images in which nothing could be learned, because they name no part and the detector finds nothing in
    /// them; 0 for names that were read from a file.
    /// </summary>
    public int Skipped { get; }

    /// <summary>
    /// Labeled defects at whose place the detector finds nothing; 0 for names that were read from a file. They count
    /// only for types of which hardly any defect is found.
    /// </summary>
    public int NotFound { get; }

    internal NamesRecord Record { get; }

    internal static bool UsesOwn(NamesRecord record, NamedType type) =>
        (type.Unusual.Count + 1) * record.UnknownRate >= 1;
}

/// <summary>A type of defect that was taught. Immutable and thread-safe.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Defects">The number of labeled defects.</param>
/// <param name="Right">How many of them are named right by what was learned from all others.</param>
/// <param name="HasOwnLimit">
/// Whether there are enough of them that the rate of unknown holds for this type by itself. Otherwise it holds for all
/// types together, if these have enough, or nothing is called unknown.
/// </param>
public sealed record TaughtType(string Name, int Defects, int Right, bool HasOwnLimit);
