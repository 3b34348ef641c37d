using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Search.Benchmarking;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>
/// <c>semidefect bench</c>: times whole inspections, or the search or coreset selection on given arrays.
/// </summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var model = new Argument<string?>("MODEL")
        {
            Description = "The detector file to time inspections with.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var images = new Option<string?>("--images")
        {
            Description = "The images to inspect with MODEL; generated dies by default.",
            HelpName = "FOLDER",
        };
        var synthetic = new Option<bool>("--synthetic")
        {
            Description = "Time a fit on generated dies with the preset fast, and their inspection.",
        };
        var count = new Option<int>("--count")
        {
            Description = "The number of training images for --synthetic.",
            DefaultValueFactory = _ => 100,
        };
        var search = new Option<string[]>("--search")
        {
            Description =
                "Time the exact nearest-neighbor search: memory bank and queries, as float32 .npy [rows, dimensions].",
            HelpName = "BANK.npy> <QUERIES.npy",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
        };
        var k = new Option<int>("--k")
        {
            Description = "The number of neighbors per query.",
            DefaultValueFactory = _ => 1,
        };
        var coreset = new Option<string[]>("--coreset")
        {
            Description =
                "Time the exact greedy coreset selection: features, as float32 .npy [rows, dimensions], and the "
                    + "fraction to select.",
            HelpName = "FEATURES.npy> <FRACTION",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string> searchDevice = SearchDevice.Option();
        Option<int> threads = GlobalOptions.Threads();
        Option<bool> json = GlobalOptions.Json();
        var command = new Command(
            "bench",
            "Benchmark whole inspections, or the search or coreset selection on your own arrays.")
        {
            model, images, synthetic, count, search, k, coreset, searchDevice, threads, json,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            bool asJson = parsed.GetValue(json);
            using SearchAccelerator? accelerator = SearchDevice.Open(
                parsed.GetRequiredValue(searchDevice), LineLogger.ForErrors(parsed));
            if (parsed.GetValue(search) is [string bank, string queries])
            {
                SearchTiming timing = SearchBenchmark.Run(
                    bank, queries, parsed.GetValue(k), parsed.GetValue(threads), accelerator, cancellationToken);
                output.WriteLine(
                    asJson
                        ? ToJson(timing)
                        : $"{timing.Queries} queries, bank {timing.BankRows} x {timing.Dimension}, k {timing.K}: "
                            + $"median {Text.Number(timing.MedianSeconds)} s, best {Text.Number(timing.BestSeconds)} s "
                            + $"of {timing.Runs}; index {Text.Number(timing.IndexSeconds)} s");
            }
            else if (parsed.GetValue(coreset) is [string features, string fraction])
            {
                CoresetTiming timing =
                    RunCoreset(features, fraction, parsed.GetValue(threads), accelerator, cancellationToken);
                output.WriteLine(
                    asJson
                        ? ToJson(timing)
                        : $"{timing.Picks} picks of {timing.Rows} x {timing.Dimension}: median "
                            + $"{Text.Number(timing.MedianSeconds)} s, best {Text.Number(timing.BestSeconds)} s; "
                            + $"covering radius {Text.Number(timing.CoveringRadius)}");
            }
            else if (parsed.GetValue(model) is { } given && Wildcards.One(given) is var path)
            {
                new InspectionBench(output, asJson, parsed.GetValue(threads), cancellationToken)
                    .RunModel(path, parsed.GetValue(images));
            }
            else if (parsed.GetValue(synthetic))
            {
                new InspectionBench(output, asJson, parsed.GetValue(threads), cancellationToken)
                    .RunSynthetic(parsed.GetValue(count));
            }
            else
            {
                throw new UsageException(
                    "Specify what to time: MODEL, --synthetic, --search BANK.npy QUERIES.npy, or --coreset "
                        + "FEATURES.npy FRACTION.");
            }

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static CoresetTiming RunCoreset(
        string features,
        string fraction,
        int threads,
        SearchAccelerator? accelerator,
        CancellationToken cancellationToken)
    {
        if (!double.TryParse(fraction, NumberStyles.Float, CultureInfo.InvariantCulture, out double share)
            || share is not (> 0 and <= 1))
        {
            throw new UsageException($"The fraction to select must be above 0 and at most 1, not '{fraction}'.");
        }

        return ProgressDisplay.Run(display =>
            CoresetBenchmark.Run(
                features, share, threads, accelerator, new CoresetDisplay(display), cancellationToken));
    }

    private static string ToJson(SearchTiming timing) => JsonSerializer.Serialize(
        new SearchTimingJson(
            1,
            [timing.BankRows, timing.Dimension],
            timing.Queries,
            timing.K,
            timing.MedianSeconds,
            timing.BestSeconds,
            timing.IndexSeconds,
            timing.Runs,
            timing.SumOfNearest),
        CliJson.Default.SearchTimingJson);

    private static string ToJson(CoresetTiming timing) => JsonSerializer.Serialize(
        new CoresetTimingJson(
            1,
            [timing.Rows, timing.Dimension],
            timing.MedianSeconds,
            timing.BestSeconds,
            timing.Picks,
            timing.CoveringRadius,
            timing.FirstIndices),
        CliJson.Default.CoresetTimingJson);

    private sealed class CoresetDisplay(ProgressDisplay display) : IProgress<CoresetProgress>
    {
        public void Report(CoresetProgress value) => display.Report("Selecting the coreset", value.Picks, value.Target);
    }
}
