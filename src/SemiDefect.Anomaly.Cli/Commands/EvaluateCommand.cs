using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect evaluate</c>: computes metrics on labeled images and writes a report.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("DATASET")
        {
            Description = "A data set in a known layout (MVTec AD, good and bad folders, ...), a folder of such data "
                + "sets, or a CSV file with the columns path, label and optionally mask and split.",
            Arity = ArgumentArity.OneOrMore,
        };
        var model = new Option<string?>("--model")
        {
            Description = "Evaluate this detector instead of fitting one.",
            HelpName = "MODEL",
        };
        var folder = new Option<string?>("--out")
        {
            Description = "Write report.html, evaluation.json, results.csv and the detector to this folder.",
            HelpName = "DIR",
        };
        var masks = new Option<MaskResize>("--mask-resize")
        {
            Description = "Compare pixels at the original size (nearest) or, like the reference implementation, at "
                + "the network's input size with eroded masks (erode).",
            DefaultValueFactory = _ => MaskResize.Nearest,
        };
        var resamples = new Option<int?>("--resamples")
        {
            Description = "The number of bootstrap resamples for the intervals.",
        };
        Option<bool> json = GlobalOptions.Json();
        var fit = new FitOptionSet();
        var command = new Command(
            "evaluate",
            "Evaluate a detector on labeled images. Labels are used only for evaluation, never for the fit.")
        {
            paths, model, folder, masks, resamples,
        };
        fit.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parsed, cancellationToken) =>
        {
            TextWriter error = parsed.InvocationConfiguration.Error;
            LineLogger logger = LineLogger.ForErrors(parsed);
            string? modelPath = parsed.GetValue(model);
            EvaluationOptions options = UsageException.Guard(() => new EvaluationOptions
            {
                Masks = parsed.GetValue(masks),
                Resamples = parsed.GetValue(resamples) ?? new EvaluationOptions().Resamples,
                Seed = fit.Seed(parsed),
            });
            fit.RefuseAllPages(parsed);
            FitOptions? fitOptions = modelPath is null ? fit.Read(parsed, logger) : null;
            LoadOptions? loadOptions = modelPath is null ? null : fit.ReadForLoad(parsed, logger);
            using SearchAccelerator? accelerator = fit.OpenAccelerator(parsed, logger);
            LabeledDataset[] datasets =
            [
                .. Wildcards.Expand(parsed.GetRequiredValue(paths))
                    .SelectMany(path => LabeledDataset.OpenAll(path, modelPath is null, options.Seed))
            ];
            foreach (LabeledDataset dataset in datasets)
            {
                DatasetSummary.Write(
                    parsed.InvocationConfiguration,
                    datasets.Length == 1 ? dataset.Summary : $"{dataset.Name}: {dataset.Summary}",
                    parsed.GetValue(json));
            }

            using AnomalyDetector? given = modelPath is null
                ? null
                : AnomalyDetector.Load(modelPath, loadOptions! with { Accelerator = accelerator });

            var run = new EvaluateRun(parsed.GetValue(folder), datasets.Length > 1, options, modelPath, error);
            foreach (LabeledDataset dataset in datasets)
            {
                run.Add(
                    dataset,
                    given,
                    fitOptions is null ? null : fitOptions with { Accelerator = accelerator },
                    cancellationToken);
            }

            run.Finish(parsed.InvocationConfiguration.Output, parsed.GetValue(json));
            return Task.FromResult(run.Unreadable > 0 ? ExitCode.SomeUnreadable : ExitCode.Done);
        });
        return command;
    }
}
