using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect score</c>: scores images with a detector and draws heatmaps.</summary>
internal static class ScoreCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "The detector file." };
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Image files, folders (searched recursively), and CSV files with a column of paths; * and ? "
                + "are expanded.",
            Arity = ArgumentArity.OneOrMore,
        };
        var csv = new Option<string?>("--out")
        {
            Description = "Write the results to this CSV file.",
            HelpName = "results.csv",
        };
        var heatmaps = new Option<string?>("--heatmaps")
        {
            Description = "Write each image with a heatmap overlay to this folder (PNG).",
            HelpName = "DIR",
        };
        var sideBySide = new Option<bool>("--side-by-side")
        {
            Description = "Place the original image beside the overlay.",
        };
        var masks = new Option<string?>("--masks")
        {
            Description = "Write masks of the pixels above the pixel threshold to this folder (PNG, 0 and 255).",
            HelpName = "DIR",
        };
        var raw = new Option<string?>("--raw")
        {
            Description = "Write the anomaly maps to this folder (32-bit float).",
            HelpName = "DIR",
        };
        var rawFormat = new Option<RawFormat>("--raw-format")
        {
            Description = "The format of --raw: tiff or npy.",
            DefaultValueFactory = _ => RawFormat.Tiff,
        };
        var threshold = new Option<double?>("--threshold")
        {
            Description = "Use this threshold instead of the detector's, without images to check.",
        };
        var backbone = new Option<string[]?>("--backbone")
        {
            Description = "The network, if the detector file does not contain it.",
            HelpName = "NAME|FILE.onnx",
        };
        var report = new Option<string?>("--report")
        {
            Description = "Write a report (a single HTML file).",
            HelpName = "FILE.html",
        };
        var trainingFolder = new Option<string?>("--training-images")
        {
            Description = "The training images, so that the report can show what each image was compared with.",
            HelpName = "GOOD_FOLDER",
        };
        var submission = new Option<string?>("--submission")
        {
            Description = "Fill in the labels of this file (columns id and label), matched by id.",
            HelpName = "sample_submission.csv",
        };
        var submissionOut = new Option<string>("--submission-out")
        {
            Description = "The file to write for --submission.",
            HelpName = "FILE.csv",
            DefaultValueFactory = _ => "submission.csv",
        };
        var failOnAbnormal = new Option<bool>("--fail-on-abnormal")
        {
            Description = $"Exit with {ExitCode.AbnormalFound} if an image is abnormal.",
        };
        var failOnCheck = new Option<bool>("--fail-on-check")
        {
            Description = $"Exit with {ExitCode.AbnormalFound} if an image is abnormal, otherwise with "
                + $"{ExitCode.CheckFound} if an image is to be checked.",
        };
        Option<ExecutionDevice> device = GlobalOptions.Device();
        Option<string> searchDevice = SearchDevice.Option();
        Option<int> threads = GlobalOptions.Threads();
        var imageLimits = new ImageLimitOptions();
        var page = new PageOption();
        Option<bool> json = GlobalOptions.Json();
        var command = new Command("score", "Score images as normal, to check or abnormal, and localize the anomalies.")
        {
            model, paths, csv, heatmaps, sideBySide, masks, raw, rawFormat, threshold, backbone,
            report, trainingFolder, submission, submissionOut, failOnAbnormal, failOnCheck, device, searchDevice,
            threads, json,
        };
        command.Options.Add(page.Option);
        imageLimits.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            TextWriter error = parsed.InvocationConfiguration.Error;
            double? ownThreshold = parsed.GetValue(threshold);
            if (ownThreshold is { } value && !double.IsFinite(value))
            {
                throw new UsageException("--threshold must be a finite number.");
            }

            LineLogger logger = LineLogger.ForErrors(parsed);
            using SearchAccelerator? accelerator = SearchDevice.Open(parsed.GetRequiredValue(searchDevice), logger);
            var loadOptions = new LoadOptions
            {
                Accelerator = accelerator,
                Device = parsed.GetValue(device),
                Threads = GlobalOptions.ReadThreads(parsed, threads),
                Backbones = BackboneNames.Open(parsed.GetValue(backbone)),
                ImageLimits = imageLimits.Read(parsed),
                Logger = logger,
            };
            string modelPath = Wildcards.One(parsed.GetRequiredValue(model));
            using AnomalyDetector detector = AnomalyDetector.Load(modelPath, loadOptions);
            void Notice(string notice) => error.WriteLine($"semidefect: {Text.Printable(notice)}");
            ScoreInput input = ScoreInput.Collect(Wildcards.Expand(parsed.GetRequiredValue(paths)), Notice)
                .At(page.Read(parsed), page.IsAll(parsed), detector.Reading, Notice);
            var files = new ScoreFiles(
                parsed.GetValue(heatmaps),
                parsed.GetValue(sideBySide),
                parsed.GetValue(masks),
                parsed.GetValue(raw),
                parsed.GetValue(rawFormat),
                detector.Reading);
            ScoreResults results = ScoreRun.Execute(detector, input, files, ownThreshold, cancellationToken);
            files.WriteLegend(detector.Thresholds.Pixel.Value);
            List<(string, string)> written = [.. files.Folders];
            if (parsed.GetValue(csv) is { } csvPath)
            {
                results.WriteCsv(csvPath);
                written.Add(("results", csvPath));
            }

            if (parsed.GetValue(submission) is { } template)
            {
                SubmissionFile.Write(
                    template,
                    parsed.GetRequiredValue(submissionOut),
                    results.Images.Select(image => (image.Name, image.IsAbnormal)));
                written.Add(("submission", parsed.GetRequiredValue(submissionOut)));
            }

            if (parsed.GetValue(report) is { } reportPath)
            {
                HtmlReport.Write(
                    reportPath,
                    results.ToReport(modelPath, parsed.GetValue(trainingFolder)),
                    detector,
                    cancellationToken);
                written.Add(("report", reportPath));
            }

            Print(
                results,
                parsed.InvocationConfiguration.Output,
                error,
                modelPath,
                parsed.GetValue(json),
                listImages: parsed.GetValue(csv) is null,
                written);
            return Task.FromResult(
                (parsed.GetValue(failOnAbnormal) || parsed.GetValue(failOnCheck)) && results.Abnormal > 0
                    ? ExitCode.AbnormalFound
                : parsed.GetValue(failOnCheck) && results.Check > 0 ? ExitCode.CheckFound
                : results.Unreadable.Count > 0 ? ExitCode.SomeUnreadable
                : ExitCode.Done);
        });
        return command;
    }

    private static void Print(
        ScoreResults results,
        TextWriter output,
        TextWriter error,
        string modelPath,
        bool json,
        bool listImages,
        IReadOnlyList<(string What, string Path)> written)
    {
        foreach (UnreadableJson unreadable in results.Unreadable)
        {
            error.WriteLine($"semidefect: {Text.Printable(unreadable.Error)}");
        }

        if (json)
        {
            results.WriteJson(output, modelPath);
            return;
        }

        if (listImages)
        {
            results.WriteLines(output);
        }

        results.WriteSummary(output);
        foreach ((string what, string path) in written)
        {
            output.WriteLine($"{what,-10} {Text.Printable(path)}");
        }
    }
}
