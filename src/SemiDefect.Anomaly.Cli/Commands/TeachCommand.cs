using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Naming;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect teach</c>: teaches a detector names of defects.</summary>
internal static class TeachCommand
{
    private static readonly TeachOptions Defaults = new();

    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "The detector file." };
        var defects = new Argument<string?>("DEFECTS")
        {
            Description = "Labeled defects: folders named after types, with masks or without, YOLO or COCO "
                + "annotations, or another data set.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var outputPath = new Option<string?>("--out")
        {
            Description = "Write the detector to this file instead of replacing the original.",
            HelpName = "MODEL",
        };
        var views = new Option<bool>("--views")
        {
            Description = "Also learn the defects turned, mirrored and pasted into good images: true or false.",
            DefaultValueFactory = _ => Defaults.Views,
        };
        var whole = new Option<bool>("--whole")
        {
            Description = "Give each image one name, by what it shows as a whole (such as the pattern of a wafer map), "
                + "instead of one for each defect.",
        };
        var good = new Option<string?>("--good")
        {
            Description = "The good images to paste into, instead of those that the detector keeps.",
            HelpName = "GOOD_FOLDER",
        };
        var rate = new Option<double>("--unknown-rate")
        {
            Description = "The share of defects of the taught types that may be called unknown, above 0 to 0.5.",
            DefaultValueFactory = _ => Defaults.UnknownRate,
        };
        var seed = new Option<ulong>("--seed")
        {
            Description = "The seed of the choice of turns and places.",
            DefaultValueFactory = _ => Defaults.Seed,
        };
        var forget = new Option<bool>("--forget")
        {
            Description = "Remove the names from the detector.",
        };
        var load = new LoadOptionSet();
        Option<bool> json = GlobalOptions.Json();
        var command = new Command("teach", "Teach a detector names of defects by a few labeled ones.")
        {
            model, defects, outputPath, whole, views, good, rate, seed, forget,
        };
        load.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parsed, cancellationToken) =>
        {
            string path = Wildcards.One(parsed.GetRequiredValue(model));
            string target = parsed.GetValue(outputPath) ?? path;
            TextWriter output = parsed.InvocationConfiguration.Output;
            bool isJson = parsed.GetValue(json);
            string? folder = parsed.GetValue(defects);
            if (parsed.GetValue(forget) != folder is null)
            {
                throw new UsageException("Specify either DEFECTS or --forget.");
            }

            if (folder is null)
            {
                AnomalyDetector.ChangeNames(path, null, target);
                NamesSummary.Write(output, target, null, isJson);
                return Task.FromResult(ExitCode.Done);
            }

            TeachOptions options = UsageException.Guard(() => new TeachOptions
            {
                UnknownRate = parsed.GetValue(rate),
                Whole = parsed.GetValue(whole),
                Views = parsed.GetValue(views),
                Seed = parsed.GetValue(seed),
            });
            LabeledDefects labeled = LabeledDefects.Open(Wildcards.One(folder));
            DatasetSummary.Write(parsed.InvocationConfiguration, labeled.Summary, isJson);
            if (parsed.GetValue(good) is { } goodFolder)
            {
                ImageSelection selection = ImageSelection.ToTrainOn(Wildcards.One(goodFolder));
                DatasetSummary.Write(parsed.InvocationConfiguration, selection.Summary, isJson);
                options = options with { Good = selection.Images };
            }

            DefectNames names = Learn(path, labeled, options, load.Read(parsed), cancellationToken);

            // The detector is closed, so its file can be replaced on every system.
            AnomalyDetector.ChangeNames(path, names, target);
            NamesSummary.Write(output, target, names, isJson);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static DefectNames Learn(
        string path,
        LabeledDefects labeled,
        TeachOptions options,
        LoadOptions load,
        CancellationToken cancellationToken)
    {
        using AnomalyDetector detector = AnomalyDetector.Load(path, load);
        return ProgressDisplay.Run(display => detector.LearnNames(
            labeled.Source,
            (index, image) => labeled.LabelsOf(index, image, detector.ImageLimits),
            options,
            new ImageProgress(display),
            cancellationToken));
    }

    private sealed class ImageProgress(ProgressDisplay display) : IProgress<(int Done, int Total)>
    {
        public void Report((int Done, int Total) value) => display.Report("Learning names", value.Done, value.Total);
    }
}
