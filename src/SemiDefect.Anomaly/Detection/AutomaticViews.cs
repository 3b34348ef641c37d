using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// Puts the working sizes and turns that a fit would choose from its images into the options, and what it does with few
/// images. Stateless; depends on the images and the options only.
/// </summary>
public static class AutomaticViews
{
    /// <summary>The same options with working sizes and turns; unchanged if they name working sizes.</summary>
    /// <param name="options">The options of a fit.</param>
    /// <param name="good">The good images.</param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <exception cref="SemiDefectException">An image cannot be read.</exception>
    /// <exception cref="BackboneException">The network cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static FitOptions Choose(
        FitOptions options, IImageSource good, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(good);
        options = FewImages.Choose(options, good.Count);
        FitOptions sized = WorkingSizes.Choose(options, good, cancellationToken);
        if (!ChoosesTurns(options))
        {
            return sized;
        }

        IReadOnlyList<Lane> lanes = LaneFactory.Open(sized).Lanes;
        try
        {
            return WithTurns(sized, lanes[0], good, cancellationToken);
        }
        finally
        {
            if (options.Encoder is null)
            {
                LaneFactory.DisposeOf(lanes);
            }
        }
    }

    /// <summary>The same, with the lanes of the chosen views, so that a fit opens each network once.</summary>
    /// <returns>
    /// The options, the lanes, of which the caller disposes, and the network file of each; null for a custom encoder.
    /// </returns>
    internal static (FitOptions Options, IReadOnlyList<Lane> Lanes, IReadOnlyList<BackboneFile?> Files) Open(
        FitOptions options, IImageSource good, CancellationToken cancellationToken)
    {
        options = FewImages.Choose(options, good.Count);
        FitOptions chosen = WorkingSizes.Choose(options, good, cancellationToken);
        (IReadOnlyList<Lane> lanes, IReadOnlyList<BackboneFile?> files) = LaneFactory.Open(chosen);
        try
        {
            if (ChoosesTurns(options))
            {
                chosen = WithTurns(chosen, lanes[0], good, cancellationToken);
                int turns = chosen.Turns!.Value;
                lanes = [.. lanes.Select(lane => lane with { Plan = lane.Plan with { Turns = turns } })];
            }

            return (chosen, lanes, files);
        }
        catch
        {
            LaneFactory.DisposeOf(lanes);
            throw;
        }
    }

    // Who names a size names all views.
    private static bool ChoosesTurns(FitOptions options) => options.HasAutomaticSize && options.Turns is null;

    private static FitOptions WithTurns(
        FitOptions sized, Lane whole, IImageSource good, CancellationToken cancellationToken)
    {
        int turns = TurnDetector.Detect(
            whole, good.Count, index => good.Read(index, cancellationToken), sized, cancellationToken);
        return sized with { Turns = turns };
    }
}
