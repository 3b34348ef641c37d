using System.Globalization;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>A limit on what an inspection may cost (<see cref="InspectionCost"/>). Stateless.</summary>
public static class CostLimit
{
    /// <summary>
    /// The options with working sizes and turns as a fit would choose them, if an inspection keeps within the limit.
    /// </summary>
    /// <param name="good">The good images.</param>
    /// <param name="options">The options of a fit.</param>
    /// <param name="limit">The most multiply-adds per inspection, 1 or more.</param>
    /// <param name="cancellationToken">Cancels between images.</param>
    /// <exception cref="SemiDefectException">
    /// It costs more, or a network does not state its cost; the message says what to do.
    /// </exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static FitOptions Require(
        IImageSource good, FitOptions options, long limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(good);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Encoder is not null)
        {
            throw new SemiDefectException("The cost of an encoder of one's own is not known: leave the limit out.");
        }

        options.Validate();
        (good, options) = GoodImages.Survey(good, options, cancellationToken);
        options = AutomaticViews.Choose(options, good, cancellationToken);
        Image first = good.Read(0, cancellationToken);
        var sum = default(InspectionCost);
        foreach (BackboneFile network in options.OpenBackbones())
        {
            sum += InspectionCost.Of(options, network, first.Width, first.Height, good.Count)
                ?? throw Unknown(network.Name);
        }

        return sum.Total <= limit
            ? options
            : throw new SemiDefectException(
                $"An inspection takes up to {Text(sum.Total)} multiply-adds ({Text(sum.Networks)} of the networks and "
                    + $"{Text(sum.Search)} of the search), more than the limit of {Text(limit)}: raise it, give "
                    + "smaller working sizes (--scales) or a smaller memory bank (--coreset), or let a tuning choose.");
    }

    /// <summary>A network whose manifest is silent.</summary>
    internal static SemiDefectException Unknown(string network) => new(
        $"The network '{network}' does not state its multiply-adds, so that no limit can be kept: import it with "
            + "'semidefect backbone import', or leave the limit out.");

    /// <summary>Nothing that could be tried is within the limit.</summary>
    internal static SemiDefectException TooLow(long limit, InspectionCost cheapest) => new(
        $"Even the cheapest choice takes up to {Text(cheapest.Total)} multiply-adds per inspection "
            + $"({Text(cheapest.Networks)} of the network and {Text(cheapest.Search)} of the search), more than the "
            + $"limit of {Text(limit)}: raise it, or give smaller working sizes (--scales) or a smaller memory bank "
            + "(--coreset).");

    private static string Text(long multiplyAdds) =>
        ((double)multiplyAdds).ToString("0.##e0", CultureInfo.InvariantCulture);
}
