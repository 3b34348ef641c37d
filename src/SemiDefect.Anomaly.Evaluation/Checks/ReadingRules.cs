using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>Rules on how image files are read: the bits in use, and pages. Stateless.</summary>
internal static class ReadingRules
{
    // An eighth of the range of 16 bits, which leaves 32 of 256 gray levels.
    private const int DarkSample = 1 << 13;

    /// <summary>How a fit would read the images: with the bit depth of the good ones.</summary>
    /// <param name="images">All images.</param>
    /// <param name="reading">The page, the limits, and the bit depth if it is given.</param>
    /// <param name="findings">Receives what was found.</param>
    /// <param name="cancellationToken">Cancels between images.</param>
    public static ImageReading Apply(
        List<CheckedImage> images,
        ImageReading reading,
        FindingList findings,
        CancellationToken cancellationToken)
    {
        AddPages(images, reading, findings, cancellationToken);
        if (reading.BitDepth is not null || reading.Intensity.Kind != IntensityKind.Full)
        {
            return reading;
        }

        CheckedImage[] good = [.. images.Where(image => image.IsTraining && image.IsGood)];
        good = good.Length > 0 ? good : [.. images.Where(image => image.IsGood)];
        ImageSurvey survey = Survey(good, reading, reading, cancellationToken);
        if (survey.DeclaredDepth is { } declared && survey.BitDepth == declared)
        {
            findings.Add(
                CheckSeverity.Info,
                "bit_depth",
                $"The good images say that {declared} of 16 bits are used: they are read as {declared} bits. "
                    + "--bit-depth overrides this.");
        }
        else if (survey.BitDepth is { } bits)
        {
            findings.Add(
                CheckSeverity.Info,
                "bit_depth",
                $"The samples of the good images have 16 bits, but none is above {survey.HighestSample}: they are read "
                    + $"as {bits} bits. --bit-depth overrides this.");
        }
        else if (survey.HighestSample < DarkSample)
        {
            findings.Add(
                CheckSeverity.Warning,
                "bit_depth",
                $"The samples of the good images have 16 bits, but none is above {survey.HighestSample}: the images "
                    + "are dark, or fewer bits are used. --bit-depth says how many.");
        }

        if (survey.FewLevels is { } levels)
        {
            findings.Add(
                CheckSeverity.Warning,
                "bit_depth",
                $"The good images use {levels} of the 65536 levels that their DICOM files hold, so that few shades are "
                    + "left. --window-percentiles 0.5:99.5 or --window LOW:HIGH spreads them.");
        }

        return reading with { BitDepth = survey.BitDepth };
    }

    private static void AddPages(
        List<CheckedImage> images,
        ImageReading reading,
        FindingList findings,
        CancellationToken cancellationToken)
    {
        string[] several =
            [.. Survey(images, null, reading, cancellationToken).SeveralPages.Select(image => images[image].Path)];
        if (several.Length > 0 && reading.Page == 1)
        {
            findings.Add(
                CheckSeverity.Warning,
                "several_pages",
                "These files hold several pages, of which only the first is read. --page chooses another one, or all.",
                several);
        }
    }

    private static ImageSurvey Survey(
        IEnumerable<CheckedImage> images,
        ImageReading? reading,
        ImageReading limited,
        CancellationToken cancellationToken) =>
        ImageSurvey.Of(
            [.. images.Select(image => (image.FullPath, (int?)null))],
            reading,
            limited.Limits,
            skipsUnreadable: true,
            cancellationToken);
}
