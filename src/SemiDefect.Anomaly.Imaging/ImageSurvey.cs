namespace SemiDefect.Anomaly.Imaging;

/// <summary>
/// What image files have in common that is known only once all have been seen: how many bits of their samples they
/// use, and which have several pages. Depends on the files only. Immutable and thread-safe.
/// </summary>
public sealed record ImageSurvey
{
    // Most cameras that store fewer bits than 16 have 12.
    private const int UsualDepth = 12;

    // Whites that several images reach say that the camera has no more bits. Pictures that are merely dark do not.
    private static readonly int[] OtherDepths = [8, 10, 14];

    private ImageSurvey()
    {
    }

    /// <summary>The number of files with samples of 16 bits.</summary>
    public int WideFiles { get; private init; }

    /// <summary>
    /// The highest sample of those files, 0 to 65,535; null if there are none, or they were not read.
    /// </summary>
    public int? HighestSample { get; private init; }

    /// <summary>The positions of the files that have several pages, in order.</summary>
    public IReadOnlyList<int> SeveralPages { get; private init; } = [];

    /// <summary>How many files have the highest sample.</summary>
    public int FilesWithHighest { get; private init; }

    /// <summary>
    /// The number of bits that files of 16 bits say they use, 9 to 15: those of DICOM. Null if none says so, or if they
    /// differ.
    /// </summary>
    public int? DeclaredDepth { get; private init; }

    /// <summary>
    /// The number of levels from the lowest to the highest sample, if it is so few of 65,536 that fewer than 32 of 256
    /// gray levels are left and all files are DICOM of 16 bits; otherwise null. Signed samples, as of computed
    /// tomography, are often of this kind.
    /// </summary>
    public int? FewLevels => BitDepth is null && LevelsInUse < 1 << 13 ? LevelsInUse : null;

    private int? LevelsInUse { get; init; }

    /// <summary>
    /// The number of bits that the samples of 16 bits use; null for all of them, or if it is not clear. The declared
    /// depth, if no sample of other files is above it. Otherwise 8, 10 or 14 if the highest sample is the white of so
    /// many bits (255, 1,023 or 16,383) and two files or more have it; otherwise 12 if it is below 4,096.
    /// </summary>
    public int? BitDepth =>
        DeclaredDepth is { } declared && (HighestSample is null || HighestSample < 1 << declared) ? declared
        : HighestSample is null or 0 ? null
        : FilesWithHighest > 1 && OtherDepths.Any(bits => HighestSample == (1 << bits) - 1)
            ? OtherDepths.First(bits => HighestSample == (1 << bits) - 1)
        : HighestSample < 1 << UsualDepth ? UsualDepth
        : null;

    /// <summary>Looks at files: at the headers of all, and at the pixels of those with samples of 16 bits.</summary>
    /// <param name="files">The paths of the files, with the page to read; null for that of the reading.</param>
    /// <param name="reading">How their pixels are read; null to read headers only.</param>
    /// <param name="limits">The limits on the images.</param>
    /// <param name="skipsUnreadable">Whether files that cannot be read are left out.</param>
    /// <param name="cancellationToken">Cancels between files.</param>
    /// <exception cref="ImageFormatException">A file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static ImageSurvey Of(
        IReadOnlyList<(string Path, int? Page)> files,
        ImageReading? reading,
        ImageLimits limits,
        bool skipsUnreadable = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        var found = new FileSurvey?[files.Count];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        try
        {
            Parallel.For(0, files.Count, parallel, i =>
            {
                try
                {
                    found[i] = ImageFile.Survey(files[i].Path, At(files[i].Page, reading), limits);
                }
                catch (ImageFormatException) when (skipsUnreadable)
                {
                    // Whoever reads it next says so.
                }
            });
        }
        catch (AggregateException error) when (error.InnerExceptions.All(inner => inner is ImageFormatException))
        {
            throw new ImageFormatException(error.InnerExceptions[0].Message, error);
        }

        int[] wide = [.. found.Select(file => file?.Highest).OfType<int>()];
        int highestOfAll = wide.DefaultIfEmpty().Max();
        int[] depths = [.. found.Select(file => file?.Declared).OfType<int>().Distinct()];
        int[] lowest = [.. found.Select(file => file?.Lowest).OfType<int>()];
        return new ImageSurvey
        {
            WideFiles = wide.Length,
            HighestSample = wide.Length == 0 || reading is null ? null : highestOfAll,
            FilesWithHighest = wide.Length == 0 || reading is null ? 0 : wide.Count(sample => sample == highestOfAll),
            DeclaredDepth = depths.Length == 1 ? depths[0] : null,
            SeveralPages = [.. Enumerable.Range(0, found.Length).Where(i => found[i]?.Pages > 1)],
            LevelsInUse = lowest.Length > 0 && lowest.Length == wide.Length ? highestOfAll - lowest.Min() + 1 : null,
        };
    }

    private static ImageReading? At(int? page, ImageReading? reading) =>
        reading is not null && page is { } given ? reading with { Page = given } : reading;
}
