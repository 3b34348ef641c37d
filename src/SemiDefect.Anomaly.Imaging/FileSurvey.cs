namespace SemiDefect.Anomaly.Imaging;

/// <summary>What one file says before it is used; see <see cref="ImageSurvey"/>. Immutable and thread-safe.</summary>
/// <param name="Pages">The number of pages.</param>
internal sealed record FileSurvey(int Pages)
{
    /// <summary>The highest sample of 16 bits; null if it has none.</summary>
    public int? Highest { get; init; }

    /// <summary>The lowest sample of a DICOM file that says that it uses all 16 bits; null for others.</summary>
    public int? Lowest { get; init; }

    /// <summary>The number of bits that a DICOM file says it uses of 16, 9 to 15; null for others.</summary>
    public int? Declared { get; init; }
}
