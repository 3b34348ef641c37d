using System.CommandLine;
using System.Globalization;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Rehearsals;
using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect rehearse</c>: estimates which defects a detector finds, without any real defects.</summary>
internal static class RehearseCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "The detector file." };
        var folder = new Argument<string>("GOOD_FOLDER")
        {
            Description = "Good images that the detector was not fitted on.",
        };
        var sizes = new Option<string?>("--sizes")
        {
            Description = "The sizes of the planted defects in pixels, separated by commas.",
            HelpName = "8,16,32,64",
        };
        var contrasts = new Option<string?>("--contrasts")
        {
            Description = "The contrasts of the planted defects, above 0 and up to 1.",
            HelpName = "0.15,0.3,0.6",
        };
        var kinds = new Option<string?>("--kinds")
        {
            Description = "The kinds of defects, separated by commas. With soft edges: spot, crack, soft_stain, shade, "
                + "displaced, turned, bent, missing, doubled (the default); with sharp ones: scratch, dot, stain, "
                + "cut_paste, texture, missing_part.",
            HelpName = "A,B",
        };
        var images = new Option<int?>("--images") { Description = "The number of images for each defect." };
        var seed = new Option<ulong>("--seed")
        {
            Description = "The random seed for positions and shapes.",
            DefaultValueFactory = _ => 0,
        };
        var target = new Option<string?>("--out")
        {
            Description = "Write report.html and rehearsal.json to this folder.",
            HelpName = "DIR",
        };
        var imageLimits = new ImageLimitOptions();
        Option<bool> json = GlobalOptions.Json();
        Option<ExecutionDevice> device = GlobalOptions.Device();
        Option<string> searchDevice = SearchDevice.Option();
        Option<int> threads = GlobalOptions.Threads();
        var command = new Command(
            "rehearse",
            "Plant synthetic defects in good images and report which are detected: the smallest size and the lowest "
                + "contrast of each kind.")
        {
            model, folder, sizes, contrasts, kinds, images, seed, target, device, searchDevice, threads, json,
        };
        imageLimits.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            RehearsalOptions defaults = new();
            RehearsalOptions options = UsageException.Guard(() => new RehearsalOptions
            {
                Sizes = parsed.GetValue(sizes) is { } sizeText
                    ? [.. Numbers("--sizes", sizeText).Select(value => (int)value)]
                    : defaults.Sizes,
                Contrasts = parsed.GetValue(contrasts) is { } contrastText
                    ? Numbers("--contrasts", contrastText)
                    : defaults.Contrasts,
                Kinds = KindNames.Read(parsed.GetValue(kinds)),
                Images = parsed.GetValue(images) ?? defaults.Images,
                Seed = parsed.GetValue(seed),
            });
            string modelPath = Wildcards.One(parsed.GetRequiredValue(model));
            string goodFolder = Wildcards.One(parsed.GetRequiredValue(folder));
            LineLogger logger = LineLogger.ForErrors(parsed);
            using SearchAccelerator? accelerator = SearchDevice.Open(parsed.GetRequiredValue(searchDevice), logger);
            using AnomalyDetector detector = AnomalyDetector.Load(modelPath, new LoadOptions
            {
                Accelerator = accelerator,
                Device = parsed.GetValue(device),
                Threads = GlobalOptions.ReadThreads(parsed, threads),
                ImageLimits = imageLimits.Read(parsed),
                Logger = logger,
            });
            ImageSelection good = ImageSelection.HeldOut(goodFolder);
            DatasetSummary.Write(parsed.InvocationConfiguration, good.Summary, parsed.GetValue(json));
            PageNotice.Write(
                parsed.InvocationConfiguration.Error,
                good.Images.Items.Select(item => (item.FullPath, item.RelativePath)),
                detector.Reading);
            RehearsalResult result = ProgressDisplay.Run(display => Rehearsal.Run(
                detector, good.Images, options, new CountProgress(display), cancellationToken));
            if (parsed.GetValue(target) is { } path)
            {
                AtomicFile.WriteText(Path.Combine(path, "rehearsal.json"), RehearsalJson.Write(result));
                HtmlReport.Write(
                    Path.Combine(path, "report.html"),
                    Content(result, modelPath, goodFolder),
                    detector,
                    cancellationToken);
            }

            Print(parsed.InvocationConfiguration.Output, result, parsed.GetValue(json), parsed.GetValue(target));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static ReportContent Content(RehearsalResult result, string modelPath, string goodFolder) => new()
    {
        Title = $"Rehearsal of {Path.GetFileName(modelPath)}",
        Created = ReportTime.Now(),
        Images = [.. result.Images.Select(ReportImage.From)],
        Rehearsal = result,
        Options =
        [
            ("good images", goodFolder),
            ("sizes", string.Join(", ", result.Options.Sizes)),
            (
                "contrasts",
                string.Join(
                    ", ",
                    result.Options.Contrasts.Select(contrast => contrast.ToString(CultureInfo.InvariantCulture)))),
            ("seed", result.Options.Seed.ToString(CultureInfo.InvariantCulture)),
        ],
    };

    private static void Print(TextWriter output, RehearsalResult result, bool json, string? folder)
    {
        if (json)
        {
            output.Write(RehearsalJson.Write(result));
            return;
        }

        output.WriteLine(
            $"{result.Images.Count} good images; {result.AlreadyAbnormal.Count} excluded because they are called "
                + "abnormal without a planted defect");
        output.WriteLine("Detected means at least 90 % detected, at this and all larger sizes or higher contrasts.");
        output.WriteLine();
        output.WriteLine(
            $"{"kind",-14}  {$"smallest at contrast {Text.Number(result.Options.Contrasts[^1])}",-25}  lowest contrast "
                + $"at {result.Options.Sizes[^1]} px");
        foreach (RehearsalLimit limit in result.Limits)
        {
            string size = limit.SmallestSize is { } pixels ? $"{pixels} px" : "none";
            output.WriteLine(
                $"{limit.Kind,-14}  {size,-25}  "
                    + $"{(limit.LowestContrast is { } contrast ? Text.Number(contrast) : "none")}");
        }

        if (folder is not null)
        {
            output.WriteLine();
            output.WriteLine($"Report: {Path.Combine(folder, "report.html").Replace('\\', '/')}");
        }
    }

    private static double[] Numbers(string option, string text) =>
    [
        .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part =>
            double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                ? value
                : throw new UsageException($"{option} must be numbers separated by commas, not '{part}'.")),
    ];

    private sealed class CountProgress(ProgressDisplay display) : IProgress<(int Done, int Total)>
    {
        public void Report((int Done, int Total) value) =>
            display.Report("Planting and inspecting", value.Done, value.Total);
    }
}
