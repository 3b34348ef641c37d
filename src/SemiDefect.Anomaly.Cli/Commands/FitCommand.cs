using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Datasets;
using SemiDefect.Anomaly.Fitting;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect fit</c>: good images in, a detector file out.</summary>
internal static class FitCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("GOOD_FOLDER") { Description = "The folder of images of good parts." };
        var model = new Option<string>("--out") { Description = "The detector file to write.", HelpName = "MODEL", Required = true };
        Option<bool> json = GlobalOptions.Json();
        var options = new FitOptionSet();
        var command = new Command("fit", "Learn from images of good parts.") { folder, model };
        options.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parsed, cancellationToken) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            FitOptions fitOptions = options.Read(parsed, notice => parsed.InvocationConfiguration.Error.WriteLine($"semidefect: {notice}"));
            string path = parsed.GetRequiredValue(model);
            using AnomalyDetector detector = Fit(DatasetFolder.Open(parsed.GetRequiredValue(folder)), fitOptions, cancellationToken);
            detector.Save(path);
            DetectorSummary.Write(output, detector.Document, detector.Fingerprint, path, parsed.GetValue(json));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    /// <summary>Fits with a progress display.</summary>
    public static AnomalyDetector Fit(DatasetFolder good, FitOptions options, CancellationToken cancellationToken) =>
        ProgressDisplay.Run(display => AnomalyDetector.Fit(good, options, new StageProgress(display), cancellationToken));

    /// <summary>Shows the stages of a fit.</summary>
    public sealed class StageProgress(ProgressDisplay display) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => display.Report(
            value.Stage switch
            {
                FitStage.Features => "Reading images",
                FitStage.Coreset => "Picking the memory bank",
                _ => "Judging good images",
            },
            value.Done,
            value.Total);
    }
}
