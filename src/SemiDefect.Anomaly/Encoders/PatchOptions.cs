namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// How locally aware patch embeddings are computed from feature maps. Immutable; invalid values are rejected when set.
/// </summary>
public sealed record PatchOptions
{
    private const int LargestDimension = 16384;

    /// <summary>The side of the neighborhood: 1, 3, 5 or 7. Positions outside the map count as zero.</summary>
    public int PatchSize
    {
        get;
        init =>
            field = value is 1 or 3 or 5 or 7
                ? value
                : throw new SemiDefectException($"The patch size must be 1, 3, 5 or 7, not {value}.");
    } = 3;

    /// <summary>How the neighborhood is pooled.</summary>
    public PatchPooling Pooling { get; init; } = PatchPooling.AveragePoolConcat;

    /// <summary>
    /// Values per tap after the first adaptive pooling, 1 to 16384. Only for <see cref="PatchPooling.AdaptiveMean"/>.
    /// </summary>
    public int PretrainDimension
    {
        get;
        init => field = CheckDimension(value);
    } = 1024;

    /// <summary>
    /// Values per embedding after the second adaptive pooling, 1 to 16384. Only for <see
    /// cref="PatchPooling.AdaptiveMean"/>.
    /// </summary>
    public int TargetDimension
    {
        get;
        init => field = CheckDimension(value);
    } = 1024;

    private static int CheckDimension(int value) =>
        value is >= 1 and <= LargestDimension
            ? value
            : throw new SemiDefectException(
                $"An embedding dimension must be between 1 and {LargestDimension}, not {value}.");
}

/// <summary>How a neighborhood of feature vectors becomes one embedding.</summary>
public enum PatchPooling
{
    /// <summary>The mean over the neighborhood, channel by channel, all taps concatenated (anomalib's way).</summary>
    AveragePoolConcat,

    /// <summary>Two adaptive average poolings of the flattened neighborhoods (the paper's and amazon's way).</summary>
    AdaptiveMean,
}
