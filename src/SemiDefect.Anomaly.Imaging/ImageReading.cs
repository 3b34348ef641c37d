namespace SemiDefect.Anomaly.Imaging;

/// <summary>How image files are read. Compared by value. Immutable and thread-safe.</summary>
public sealed record ImageReading
{
    /// <summary>The smallest value of <see cref="BitDepth"/>.</summary>
    public const int LeastBitDepth = 8;

    /// <summary>The largest value of <see cref="BitDepth"/>: all bits of the samples that it applies to.</summary>
    public const int FullBitDepth = 16;

    /// <summary>The largest value of <see cref="Page"/>.</summary>
    public const int LargestPage = 65_535;

    /// <summary>The first page, samples as their file says, and the default limits.</summary>
    public static ImageReading Default { get; } = new();

    /// <summary>The limits on the size of an image.</summary>
    public ImageLimits Limits { get; init; } = ImageLimits.Default;

    /// <summary>
    /// How many of the 16 bits of a sample are used, from the lowest one, 8 to 16: cameras write 10, 12 or 14 bits in
    /// samples of 16. Null for all of them. Samples of other depths are not affected; a file with a sample above it is
    /// refused.
    /// </summary>
    /// <exception cref="SemiDefectException">It is out of range.</exception>
    public int? BitDepth
    {
        get;
        init => field = value is null or (>= LeastBitDepth and <= FullBitDepth)
            ? value
            : throw new SemiDefectException(
                $"The bit depth must be between {LeastBitDepth} and {FullBitDepth}, not {value}.");
    }

    /// <summary>
    /// Which samples of deep pictures become black and white. With any but <see cref="IntensityRange.Full"/>, <see
    /// cref="BitDepth"/> is not used, and a picture without deep samples is refused.
    /// </summary>
    public IntensityRange Intensity { get; init; } = IntensityRange.Full;

    /// <summary>
    /// The page of files that have several, from 1: in DICOM, the frame. A file without that page is refused.
    /// </summary>
    /// <exception cref="SemiDefectException">It is out of range.</exception>
    public int Page
    {
        get;
        init => field = value is >= 1 and <= LargestPage
            ? value
            : throw new SemiDefectException($"The page must be between 1 and {LargestPage}, not {value}.");
    } = 1;
}
