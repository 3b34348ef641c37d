using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect fit</c>: fits a detector on good images.</summary>
internal static class FitCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("GOOD_FOLDER")
        {
            Description = "The folder of images of good parts, or a data set: of it, the good training images.",
        };
        var model = new Option<string>("--out")
        {
            Description = "The detector file to write.",
            HelpName = "MODEL",
            Required = true,
        };
        Option<bool> json = GlobalOptions.Json();
        var tune = new Option<TuneMode>("--tune")
        {
            Description = "Choose networks and working sizes by the planted defects that they find in good images kept "
                + "apart: off or quick. What the options say stays unless another choice is better beyond chance.",
            DefaultValueFactory = _ => TuneMode.Off,
        };
        var options = new FitOptionSet();
        var command = new Command("fit", "Fit a detector on images of good parts.") { folder, model };
        options.AddTo(command);
        command.Options.Add(tune);
        command.Options.Add(json);
        command.SetAction((parsed, cancellationToken) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            LineLogger logger = LineLogger.ForErrors(parsed);
            FitOptions fitOptions = options.Read(parsed, logger);
            using SearchAccelerator? accelerator = options.OpenAccelerator(parsed, logger);
            string path = parsed.GetRequiredValue(model);
            fitOptions = fitOptions with { Accelerator = accelerator };
            ImageSelection good = ImageSelection.ToTrainOn(parsed.GetRequiredValue(folder));
            DatasetSummary.Write(parsed.InvocationConfiguration, good.Summary, parsed.GetValue(json));
            ImageFolder images = options.HasAllPages(parsed) ? good.Images.WithEachPage() : good.Images;
            TuningResult? tuning = parsed.GetValue(tune) == TuneMode.Off
                ? null
                : ProgressDisplay.Run(display => Tuner.Run(
                    images,
                    fitOptions,
                    TuningOptions.Quick(fitOptions.Seed),
                    new TuningStages(display),
                    cancellationToken));
            using AnomalyDetector detector = Fit(images, tuning?.Options ?? fitOptions, cancellationToken);
            detector.Save(path);
            DetectorSummary.Write(
                output, detector.Description, detector.Fingerprint, path, parsed.GetValue(json), tuning);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    /// <summary>
    /// Fits a detector with a progress display, and also reports progress to <paramref name="listener"/>.
    /// </summary>
    public static AnomalyDetector Fit(
        ImageFolder good,
        FitOptions options,
        CancellationToken cancellationToken,
        IProgress<FitProgress>? listener = null) =>
        ProgressDisplay.Run(
            display => AnomalyDetector.Fit(good, options, new StageProgress(display, listener), cancellationToken));

    private sealed class TuningStages(ProgressDisplay display) : IProgress<TuningProgress>
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

    /// <summary>Displays the progress of a fit.</summary>
    public sealed class StageProgress(ProgressDisplay display, IProgress<FitProgress>? listener = null)
        : IProgress<FitProgress>
    {
        public void Report(FitProgress value)
        {
            listener?.Report(value);
            display.Report(
                value.Stage switch
                {
                    FitStage.Features => "Reading images",
                    FitStage.Coreset => "Selecting the memory bank",
                    _ => "Calibrating thresholds",
                },
                value.Done,
                value.Total);
        }
    }
}
