using SemiDefect.Anomaly.Backbones.Quantizing;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>
/// Fits a detector whose networks compute with numbers of a precision, and compares what it finds with what float32
/// finds. Not thread-safe; use once.
/// </summary>
/// <param name="images">The good images.</param>
/// <param name="options">The options of the fit.</param>
/// <param name="precision">The precision.</param>
internal sealed class PrecisionRun(ImageFolder images, FitOptions options, NetworkPrecision precision)
{
    private TuningShare? _exact;

    /// <summary>
    /// Fits the detector. With 8-bit numbers and planted defects, it is first fitted with float32 as well.
    /// </summary>
    public AnomalyDetector Fit(CancellationToken cancellationToken)
    {
        if (precision == NetworkPrecision.Float32)
        {
            return FitCommand.Fit(images, options, cancellationToken);
        }

        if (!options.IncludeBackbone)
        {
            throw new UsageException(
                "--omit-backbone cannot be combined with --precision int8: the network that is made for the detector "
                    + "exists in its file only.");
        }

        if (options.Planter is not null)
        {
            using AnomalyDetector exact = FitCommand.Fit(images, options, cancellationToken);
            _exact = FoundBy(exact.Description);
        }

        FitOptions quantized = ProgressDisplay.Run(display => BackboneQuantizer.QuantizeFor(
            images,
            options,
            progress: new RangeProgress(display),
            cancellationToken: cancellationToken));
        return FitCommand.Fit(images, quantized, cancellationToken);
    }

    /// <summary>What the fitted detector and float32 find; null unless both are known.</summary>
    public PrecisionJson? Compare(DetectorDescription detector) =>
        _exact is { } exact && FoundBy(detector) is { } found
            ? new PrecisionJson(found.Trials, exact.Found, found.Found)
            : null;

    private static TuningShare? FoundBy(DetectorDescription detector) =>
        ThresholdCosts.Of(detector).FirstOrDefault(cost => cost.IsPresent)?.Found;

    private sealed class RangeProgress(ProgressDisplay display) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => display.Report("Quantizing the network", value.Done, value.Total);
    }
}
