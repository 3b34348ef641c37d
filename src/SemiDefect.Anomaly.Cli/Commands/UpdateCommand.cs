using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect update</c>: adds good images to a detector.</summary>
internal static class UpdateCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "The detector file." };
        var folder = new Argument<string>("NEW_GOOD_FOLDER")
        {
            Description = "The folder of new images of good parts; images already in the detector are skipped.",
        };
        var outputPath = new Option<string?>("--out")
        {
            Description = "Write the detector to this file instead of replacing the original.",
            HelpName = "MODEL",
        };
        var knownFolder = new Option<string?>("--known")
        {
            Description = "The folder of images already in the detector. Rescores them too, for thresholds as precise "
                + "as after a fit.",
            HelpName = "GOOD_FOLDER",
        };
        var maxMemory = new MemoryOption(
            "The memory limit for the new images' patch features, such as 4GiB (default: 8GiB).");
        var load = new LoadOptionSet();
        Option<bool> json = GlobalOptions.Json();
        var command = new Command("update", "Add good images to a detector without rereading the existing ones.")
        {
            model, folder, outputPath, knownFolder,
        };
        load.AddTo(command);
        command.Options.Add(maxMemory.Option);
        command.Options.Add(json);
        command.SetAction((parsed, cancellationToken) =>
        {
            string path = Wildcards.One(parsed.GetRequiredValue(model));
            ImageFolder Good(string folder)
            {
                ImageSelection selection = ImageSelection.ToTrainOn(folder);
                DatasetSummary.Write(parsed.InvocationConfiguration, selection.Summary, parsed.GetValue(json));
                return selection.Images;
            }

            ImageFolder more = Good(Wildcards.One(parsed.GetRequiredValue(folder)));
            ImageFolder? known = parsed.GetValue(knownFolder) is { } given ? Good(given) : null;
            LoadOptions options = load.Read(parsed);
            options = options with { MaxMemory = maxMemory.Read(parsed) ?? options.MaxMemory };
            using AnomalyDetector updated = Update(path, more, known, options, cancellationToken);
            PageNotice.Write(
                parsed.InvocationConfiguration.Error,
                more.Items.Select(item => (item.FullPath, item.RelativePath)),
                updated.Reading);

            // The old file is no longer mapped, so it can be replaced on every system.
            string target = parsed.GetValue(outputPath) ?? path;
            updated.Save(target);
            DetectorSummary.Write(
                parsed.InvocationConfiguration.Output,
                updated.Description,
                updated.Fingerprint,
                target,
                parsed.GetValue(json));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static AnomalyDetector Update(
        string path,
        ImageFolder more,
        ImageFolder? known,
        LoadOptions options,
        CancellationToken cancellationToken)
    {
        using AnomalyDetector detector = AnomalyDetector.Load(path, options);
        return ProgressDisplay.Run(
            display => detector.Update(more, known, new FitCommand.StageProgress(display), cancellationToken));
    }
}
