using System.Diagnostics;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>Evaluates data sets in turn and writes their files. Not thread-safe.</summary>
internal sealed class EvaluateRun(
    string? folder, bool hasSeveral, EvaluationOptions options, string? modelPath, TextWriter error)
{
    private readonly List<(EvaluationResult Result, double? FitSeconds)> _results = [];
    private readonly List<string> _folders = [];

    public int Unreadable => _results.Sum(result => result.Result.Unreadable.Count);

    public void Add(
        LabeledDataset dataset,
        AnomalyDetector? given,
        FitOptions? fitOptions,
        CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        AnomalyDetector detector = given ?? FitCommand.Fit(dataset.TrainGood!, fitOptions!, cancellationToken);
        try
        {
            double? fitSeconds = given is null ? watch.Elapsed.TotalSeconds : null;
            PageNotice.Write(
                error, dataset.Test.Select(image => (image.FullPath, image.Path)), detector.Reading);
            EvaluationResult result = ProgressDisplay.Run(display => DatasetEvaluator.Evaluate(
                detector,
                dataset,
                options,
                new ImageProgress(display, dataset.Test.Count),
                cancellationToken: cancellationToken));
            _results.Add((result, fitSeconds));
            if (folder is not null)
            {
                WriteFiles(dataset, detector, given is null, cancellationToken);
            }
        }
        finally
        {
            if (given is null)
            {
                detector.Dispose();
            }
        }
    }

    public void Finish(TextWriter output, bool json)
    {
        string document = hasSeveral
            ? EvaluationJson.Write(_results)
            : EvaluationJson.Write(_results[0].Result, _results[0].FitSeconds);
        if (folder is not null && hasSeveral)
        {
            AtomicFile.WriteText(Path.Combine(folder, "evaluation.json"), document);
            HtmlReport.WriteIndex(
                Path.Combine(folder, "report.html"),
                "Evaluation",
                [
                    .. _results.Select(
                        (result, i) => (result.Result, $"{Uri.EscapeDataString(_folders[i])}/report.html")),
                ]);
        }

        foreach ((string path, string reason) in _results.SelectMany(result => result.Result.Unreadable))
        {
            error.WriteLine($"semidefect: {Text.Printable(path)}: {Text.Printable(reason)}");
        }

        if (json)
        {
            output.Write(document);
            return;
        }

        foreach ((EvaluationResult result, double? _) in _results)
        {
            EvaluationSummary.Write(output, result);
        }

        if (hasSeveral)
        {
            EvaluationSummary.WriteMean(output, [.. _results.Select(result => result.Result)]);
        }

        if (folder is not null)
        {
            output.WriteLine($"Report: {Path.Combine(folder, "report.html").Replace('\\', '/')}");
        }
    }

    private void WriteFiles(
        LabeledDataset dataset,
        AnomalyDetector detector,
        bool isFitted,
        CancellationToken cancellationToken)
    {
        (EvaluationResult result, double? fitSeconds) = _results[^1];
        string name = dataset.Name;
        for (int i = 2; _folders.Contains(name, StringComparer.OrdinalIgnoreCase); i++)
        {
            name = $"{dataset.Name}-{i}";
        }

        _folders.Add(name);
        string target = hasSeveral ? Path.Combine(folder!, name) : folder!;
        AtomicFile.WriteText(Path.Combine(target, "evaluation.json"), EvaluationJson.Write(result, fitSeconds));
        AtomicFile.WriteText(Path.Combine(target, "results.csv"), EvaluationSummary.Csv(result));
        if (isFitted)
        {
            detector.Save(Path.Combine(target, "model.sdad"));
        }

        ReportContent content = ReportContent.From(result, dataset.TrainingFolder) with
        {
            Created = ReportTime.Now(),
            Options =
            [
                ("data set", Path.GetRelativePath(Environment.CurrentDirectory, dataset.FullPath).Replace('\\', '/')),
                ("layout", dataset.Summary),
                ("model", modelPath ?? "fitted for this evaluation"),
                ("mask resize", options.Masks.ToString().ToLowerInvariant()),
                ("bootstrap resamples", Text.Number(options.Resamples)),
            ],
        };
        HtmlReport.Write(Path.Combine(target, "report.html"), content, detector, cancellationToken);
    }

    /// <summary>Displays the progress of an evaluation.</summary>
    internal sealed class ImageProgress(ProgressDisplay display, int total) : IProgress<int>
    {
        public void Report(int value) => display.Report("Evaluating images", value, total);
    }
}
