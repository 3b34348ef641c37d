namespace SemiDefect.Anomaly.Naming;

/// <summary>
/// A defect that somebody has named on an image: by a mask, by a box, or, with neither, by the image as a whole, which
/// then names every region that the detector finds in it. Immutable and thread-safe.
/// </summary>
/// <param name="Type">The name of its type: one line, not empty, and not <see cref="RegionType.UnknownName"/>.</param>
public sealed record DefectLabel(string Type)
{
    /// <summary>The box around it; null if there is none.</summary>
    public DefectBox? Box { get; init; }

    /// <summary>
    /// The pixels that it covers, width x height of its image, row by row; any value but 0 marks. Empty if not known.
    /// </summary>
    public ReadOnlyMemory<byte> Mask { get; init; }

    /// <summary>The box around the pixels of the mask, or the box; null for the image as a whole.</summary>
    /// <param name="width">The width of the image.</param>
    /// <param name="height">The height of the image.</param>
    public DefectBox? BoxOf(int width, int height) =>
        Mask.IsEmpty ? Box : RegionPixels.Of(this, width, height)?.Box;
}
