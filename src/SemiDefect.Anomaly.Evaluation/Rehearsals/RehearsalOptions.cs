namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>The options of a rehearsal. Immutable and thread-safe.</summary>
public sealed record RehearsalOptions
{
    /// <summary>The kinds whose edges are as soft as the picture's own and that keep its grain and noise.</summary>
    public static IReadOnlyList<SyntheticDefectKind> SoftKinds { get; } =
    [
        .. Enum.GetValues<SyntheticDefectKind>().Where(kind => kind >= SyntheticDefectKind.Spot),
    ];

    /// <summary>The extents in pixels of the original image, ascending, each 2 to 4096.</summary>
    /// <exception cref="SemiDefectException">The list is empty, or a value is out of range.</exception>
    public IReadOnlyList<int> Sizes
    {
        get;
        init => field = value.Count > 0 && value.All(size => size is >= 2 and <= 4096)
            ? [.. value.Distinct().Order()]
            : throw new SemiDefectException("A rehearsal needs sizes between 2 and 4096 pixels, for example 8,16,32.");
    } = [8, 16, 32, 64];

    /// <summary>The contrasts, ascending, each above 0 and up to 1.</summary>
    /// <exception cref="SemiDefectException">The list is empty, or a value is out of range.</exception>
    public IReadOnlyList<double> Contrasts
    {
        get;
        init => field = value.Count > 0 && value.All(contrast => contrast is > 0 and <= 1)
            ? [.. value.Distinct().Order()]
            : throw new SemiDefectException(
                "A rehearsal needs contrasts above 0 and up to 1, for example 0.15,0.3,0.6.");
    } = [0.15, 0.3, 0.6];

    /// <summary>The kinds of defects, at least one.</summary>
    /// <exception cref="SemiDefectException">The list is empty.</exception>
    public IReadOnlyList<SyntheticDefectKind> Kinds
    {
        get;
        init => field = value.Count > 0
            ? [.. value]
            : throw new SemiDefectException("A rehearsal needs a kind of defect, for example spot.");
    } = SoftKinds;

    /// <summary>The maximum number of good images for each defect, evenly spaced; 1 to 1000.</summary>
    /// <exception cref="SemiDefectException">The number is out of range.</exception>
    public int Images
    {
        get;
        init =>
            field = value is >= 1 and <= 1000
                ? value
                : throw new SemiDefectException(
                    $"The number of images for a rehearsal must be between 1 and 1000, not {value}.");
    } = 8;

    /// <summary>The random seed for positions and shapes.</summary>
    public ulong Seed { get; init; }
}
