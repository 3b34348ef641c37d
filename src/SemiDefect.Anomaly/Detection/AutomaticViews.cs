using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// Puts the working sizes and turns that a fit would choose from its images into the options. Stateless; depends on the
/// images and the options only.
/// </summary>
public static class AutomaticViews
{
    /// <summary>The same options with working sizes and turns; unchanged if they name working sizes.</summary>
    /// <param name="options">The options of a fit.</param>
    /// <param name="good">The good images.</param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <exception cref="SemiDefectException">An image cannot be read.</exception>
    /// <exception cref="Encoders.BackboneException">The network cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static FitOptions Choose(
        FitOptions options, IImageSource good, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(good);
        FitOptions sized = WorkingSizes.Choose(options, good, cancellationToken);
        if (!options.HasAutomaticSize || options.Turns is not null)
        {
            return sized;
        }

        IReadOnlyList<Lane> lanes = LaneFactory.Open(sized).Lanes;
        try
        {
            int turns = TurnDetector.Detect(
                lanes[0], good.Count, index => good.Read(index, cancellationToken), sized, cancellationToken);
            return sized with { Turns = turns };
        }
        finally
        {
            if (options.Encoder is null)
            {
                LaneFactory.DisposeOf(lanes);
            }
        }
    }
}
