using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>Runs a tuning with a progress display. Stateless.</summary>
internal static class TuningRun
{
    /// <summary>Tunes.</summary>
    /// <param name="good">The good images.</param>
    /// <param name="options">The options to fit with; what they say of networks and sizes is the default.</param>
    /// <param name="mode">How much is compared; not <see cref="TuneMode.Off"/>.</param>
    /// <param name="maxCost">The most multiply-adds per inspection; null for no limit.</param>
    /// <param name="cancellationToken">Cancels between images.</param>
    public static TuningResult Run(
        ImageFolder good, FitOptions options, TuneMode mode, long? maxCost, CancellationToken cancellationToken) =>
        ProgressDisplay.Run(display => Tuner.Run(
            good,
            options,
            (mode == TuneMode.Full ? TuningOptions.Full(options.Seed) : TuningOptions.Quick(options.Seed)) with
            {
                MaxCost = maxCost,
            },
            new Stages(display),
            cancellationToken));

    private sealed class Stages(ProgressDisplay display) : IProgress<TuningProgress>
    {
        public void Report(TuningProgress value) => display.Report(
            value.Stage switch
            {
                TuningStage.Fitting => "Tuning: fitting",
                TuningStage.Planting => "Tuning: planting and inspecting",
                _ => "Tuning: comparing",
            },
            value.Done,
            value.Total);
    }
}
