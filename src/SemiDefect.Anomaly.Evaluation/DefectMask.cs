namespace SemiDefect.Anomaly.Evaluation;

/// <summary>
/// What marks the defects of an image: mask files, joined where there are several, or boxes. Immutable and thread-safe;
/// equal if all parts are.
/// </summary>
/// <param name="Paths">The absolute paths of the mask files, in ordinal order.</param>
public sealed record DefectMask(IReadOnlyList<string> Paths)
{
    /// <summary>Boxes around defects, which stand for masks where a data set has no others.</summary>
    public IReadOnlyList<MaskBox> Boxes { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(DefectMask? other) =>
        other is not null
        && Paths.SequenceEqual(other.Paths, StringComparer.Ordinal)
        && Boxes.SequenceEqual(other.Boxes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Paths.Count, Boxes.Count);
}
