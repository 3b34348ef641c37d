using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation.Layouts;
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
        var options = new FitOptionSet();
        var command = new Command("fit", "Fit a detector on images of good parts.") { folder, model };
        options.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parsed, cancellationToken) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            LineLogger logger = LineLogger.ForErrors(parsed);
            FitOptions fitOptions = options.Read(parsed, logger);
            using SearchAccelerator? accelerator = options.OpenAccelerator(parsed, logger);
            string path = parsed.GetRequiredValue(model);
            ImageSelection good = ImageSelection.ToTrainOn(parsed.GetRequiredValue(folder));
            DatasetSummary.Write(parsed.InvocationConfiguration, good.Summary, parsed.GetValue(json));
            using AnomalyDetector detector = Fit(
                good.Images,
                fitOptions with { Accelerator = accelerator },
                cancellationToken);
            detector.Save(path);
            DetectorSummary.Write(output, detector.Document, detector.Fingerprint, path, parsed.GetValue(json));
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
