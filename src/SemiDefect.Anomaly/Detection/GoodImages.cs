using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// Looks at good images before they are used: finds the bit depth that they have in common, and has them read
/// accordingly. Only files can be looked at; other sources decode their images themselves. Stateless; depends on the
/// images and the options only.
/// </summary>
public static class GoodImages
{
    /// <summary>The images, read as the options say, and the options with the bit depth that was found.</summary>
    /// <param name="good">The good images.</param>
    /// <param name="options">The options of a fit.</param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <exception cref="SemiDefectException">An image cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static (IImageSource Good, FitOptions Options) Survey(
        IImageSource good, FitOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(good);
        ArgumentNullException.ThrowIfNull(options);
        (FitOptions surveyed, _) = Look(good, options, cancellationToken);
        return (ImageFolder.Under(good, surveyed.Reading), surveyed);
    }

    /// <summary>As <see cref="Survey"/>, and tells the logger what the user should know.</summary>
    internal static (IImageSource Good, FitOptions Options) SurveyAloud(
        IImageSource good, FitOptions options, CancellationToken cancellationToken)
    {
        (FitOptions surveyed, ImageSurvey? survey) = Look(good, options, cancellationToken);
        if (options.Page is null && survey is not null)
        {
            int[] several =
                [.. survey.SeveralPages.Where(image => ((ImageFolder)good).Items[image].Page is null)];
            if (several.Length > 0)
            {
                options.Logger.PagesLeftOut(several.Length, good.Count, good.Describe(several[0]).Name);
            }
        }

        if (survey?.FewLevels is { } levels)
        {
            options.Logger.FewLevels(levels);
        }

        return (ImageFolder.Under(good, surveyed.Reading), surveyed);
    }

    private static (FitOptions Options, ImageSurvey? Survey) Look(
        IImageSource good, FitOptions options, CancellationToken cancellationToken)
    {
        if (good is not ImageFolder folder)
        {
            return options.BitDepth is null && options.Page is null && options.Intensity.Kind == IntensityKind.Full
                ? (options, null)
                : throw new SemiDefectException(
                    "A bit depth, a window or a page is for image files; these images come from memory: leave it out.");
        }

        // With a depth or a window, only headers are read.
        bool isOpen = options.BitDepth is null && options.Intensity.Kind == IntensityKind.Full;
        ImageSurvey survey =
            folder.Survey(isOpen ? options.Reading : null, options.ImageLimits, cancellationToken);
        return isOpen && (survey.HighestSample is not null || survey.BitDepth is not null)
            ? (options with { BitDepth = survey.BitDepth ?? ImageReading.FullBitDepth }, survey)
            : (options, survey);
    }
}
