using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Naming;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>The names of defects that a detector was taught. Immutable and thread-safe.</summary>
/// <param name="Method">How regions get their names.</param>
/// <param name="Dimension">Values of a descriptor.</param>
/// <param name="Types">The types, in ordinal order of their names.</param>
/// <param name="UnknownRate">The share of defects of these types that may be called unknown.</param>
/// <param name="HasBoxes">Whether the boxes of defects were learned as well.</param>
/// <param name="Views">Turned, mirrored and pasted defects that were learned; for information only.</param>
/// <param name="Sha256">SHA-256 of the weights, hexadecimal.</param>
internal sealed record NamesRecord(
    NamingMethod Method,
    int Dimension,
    IReadOnlyList<NamedType> Types,
    double UnknownRate,
    bool HasBoxes,
    int Views,
    string Sha256)
{
    /// <summary>The largest number of types.</summary>
    public const int LargestTypeCount = 1000;

    /// <summary>No weight is larger, so that no sum overflows.</summary>
    public const double LargestWeight = 1e12;

    private const int LargestDimension = 1 << 16;

    /// <summary>Whether each image has one name; null if each region has its own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Whole { get; init; }

    /// <summary>
    /// The weights, <see cref="LengthOf"/> values: the means and the scales of descriptors; the matrix, one row per
    /// type; with boxes, four more rows. Each row ends with its constant. Kept in a section of its own.
    /// </summary>
    [JsonIgnore]
    public double[] Weights { get; init; } = [];

    /// <summary>The number of weights.</summary>
    [JsonIgnore]
    public long LengthOf => 2L * Dimension + (Types.Count + (HasBoxes ? 4L : 0)) * (Dimension + 1L);

    /// <summary>Whether the values are possible, apart from the weights.</summary>
    [JsonIgnore]
    public bool IsValid =>
        Enum.IsDefined(Method)
        && Dimension is >= 1 and <= LargestDimension
        && Types.Count is >= 1 and <= LargestTypeCount
        && UnknownRate is > 0 and <= 0.5
        && Views >= 0
        && Types.All(type =>
            type is { Defects: >= 1, Right: >= 0, Unusual: not null }
            && type.Right <= type.Defects
            && PlainText.IsName(type.Name)
            && type.Name != RegionType.UnknownName
            && type.Unusual.All(double.IsFinite))
        && Types.Zip(Types.Skip(1)).All(pair => string.CompareOrdinal(pair.First.Name, pair.Second.Name) < 0);

    /// <summary>SHA-256 of weights, hexadecimal.</summary>
    public static string HashOf(double[] weights) =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<double>(weights)));
}

/// <summary>A type of defect. Immutable and thread-safe.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Defects">The number of labeled defects.</param>
/// <param name="Right">How many of them are named right by what was learned from all others.</param>
/// <param name="Unusual">
/// How unusual each of them is for its type by what was learned from all others, in ascending order.
/// </param>
internal sealed record NamedType(string Name, int Defects, int Right, IReadOnlyList<double> Unusual);
