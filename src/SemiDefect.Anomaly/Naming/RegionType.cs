using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Naming;

/// <summary>What a detector that was taught names of defects calls a region. Immutable and thread-safe.</summary>
/// <param name="Name">The name of the type; <see cref="UnknownName"/> if the region is unlike all types.</param>
/// <param name="Closest">The type that the region is closest to, also where it is unknown.</param>
/// <param name="PValue">
/// The share of defects of the closest type that look at least as unusual for it; above 0, at most 1.
/// </param>
/// <param name="Confidence">How clearly the region is of the closest type: 0 to 1; not a probability.</param>
/// <param name="Box">
/// Where a person would draw the box of the defect, learned from the labels; the box of the region if nothing was
/// learned about boxes.
/// </param>
public sealed record RegionType(string Name, string Closest, double PValue, double Confidence, DefectBox Box)
{
    /// <summary>The name of what is unlike all types.</summary>
    public const string UnknownName = "unknown";

    /// <summary>Whether the region is unlike all types.</summary>
    [JsonIgnore]
    public bool IsUnknown => Name == UnknownName;
}
