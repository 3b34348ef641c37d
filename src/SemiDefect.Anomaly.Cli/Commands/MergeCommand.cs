using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Search.Coresets;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect merge</c>: merges two detectors that were fitted with the same options.</summary>
internal static class MergeCommand
{
    public static Command Create()
    {
        var first = new Argument<string>("MODEL_A") { Description = "A detector file." };
        var second = new Argument<string>("MODEL_B")
        {
            Description = "A detector file fitted with the same network and options. The order does not matter.",
        };
        var outputPath = new Option<string>("--out")
        {
            Description = "The detector file to write.",
            HelpName = "MODEL",
            Required = true,
        };
        var coreset = new Option<string?>("--coreset")
        {
            Description = "The size of the memory bank: a fraction of the patches (with a decimal point, such as 0.1) "
                + "or a number of patches. By default, all distinct patches are kept.",
            HelpName = "0.1|COUNT",
        };
        var load = new LoadOptionSet();
        Option<bool> json = GlobalOptions.Json();
        var command = new Command("merge", "Merge two detectors that were fitted with the same options.")
        {
            first, second, outputPath, coreset,
        };
        load.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parsed, cancellationToken) =>
        {
            LoadOptions options = load.Read(parsed);
            CoresetOptions? size = parsed.GetValue(coreset) is { } text
                ? UsageException.Guard(() => CoresetSize.Parse(text, options.Threads))
                : null;
            using AnomalyDetector merged = Merge(
                Wildcards.One(parsed.GetRequiredValue(first)),
                Wildcards.One(parsed.GetRequiredValue(second)),
                options,
                size,
                cancellationToken);
            string target = parsed.GetRequiredValue(outputPath);
            merged.Save(target);
            DetectorSummary.Write(
                parsed.InvocationConfiguration.Output,
                merged.Description,
                merged.Fingerprint,
                target,
                parsed.GetValue(json));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static AnomalyDetector Merge(
        string first,
        string second,
        LoadOptions options,
        CoresetOptions? size,
        CancellationToken cancellationToken)
    {
        using AnomalyDetector a = AnomalyDetector.Load(first, options);
        using AnomalyDetector b = AnomalyDetector.Load(second, options);
        return ProgressDisplay.Run(
            display => AnomalyDetector.Merge(a, b, size, new PickProgress(display), cancellationToken));
    }

    private sealed class PickProgress(ProgressDisplay display) : IProgress<CoresetProgress>
    {
        public void Report(CoresetProgress value) =>
            display.Report("Selecting the memory bank", value.Picks, value.Target);
    }
}
