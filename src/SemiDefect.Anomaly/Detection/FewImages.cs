using SemiDefect.Anomaly.Banks;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// What a fit does differently with few good images (<see cref="FitOptions.FewImages"/>). Stateless; depends on the
/// number of images and the options only.
/// </summary>
/// <remarks>
/// A few images leave gaps in what good parts look like. Turned copies and all patches, in place of a tenth of them,
/// fill some of these gaps; docs/few-images.md has the figures. The bank stays within the limit of larger fits.
/// </remarks>
internal static class FewImages
{
    /// <summary>The most images that count as few.</summary>
    public const int Most = 16;

    // From here on, the images themselves tell whether turned copies look like them.
    private const int EnoughForTurns = 8;

    private const int QuarterTurns = 4;

    /// <summary>Whether a fit of so many images follows these rules.</summary>
    /// <param name="options">The options of a fit.</param>
    /// <param name="count">The number of good images.</param>
    public static bool IsFor(FitOptions options, int count) =>
        options.FewImages
        && !options.FoldBanks
        && count is >= 1 and <= Most

        // A threshold for one image that was given by hand belongs to the scores of one size.
        && (count > 1 || (options.Threshold.HasRate && options.Turns != 0));

    /// <summary>The options with what few images need; unchanged for more images.</summary>
    /// <param name="options">The options of a fit, before working sizes are chosen.</param>
    /// <param name="count">The number of good images.</param>
    public static FitOptions Choose(FitOptions options, int count)
    {
        if (!IsFor(options, count))
        {
            return options;
        }

        // Who names a size names all views. But one image gives no threshold without turned copies of it.
        if (!options.HasAutomaticSize)
        {
            return count > 1 ? options : options with
            {
                Turns = options.Turns ?? QuarterTurns,
                ExpectsSpread = true,
            };
        }

        return options with
        {
            Turns = options.Turns ?? (count < EnoughForTurns ? QuarterTurns : null),
            Coreset = BankLimit.IsDefault(options.Coreset) ? BankLimit.All : options.Coreset,
            Folds = Math.Max(options.Folds, count),
            ExpectsSpread = true,
        };
    }
}
