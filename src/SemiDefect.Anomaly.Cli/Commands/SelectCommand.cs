using System.CommandLine;
using System.Globalization;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation.Benchmarking;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect select</c>: chooses what finds most within a latency on this machine.</summary>
internal static class SelectCommand
{
    private const double LongestLatency = 3600;

    public static Command Create()
    {
        var folder = new Argument<string>("GOOD_FOLDER")
        {
            Description = "The folder of images of good parts, or a data set: of it, the good training images.",
        };
        var latency = new Option<string>("--latency")
        {
            Description = "The longest time that an inspection may take on this machine, such as 50ms or 0.5s.",
            HelpName = "TIME",
            Required = true,
        };
        Option<bool> json = GlobalOptions.Json();
        var options = new FitOptionSet();
        var command = new Command(
            "select",
            "Choose the networks and working sizes that find most planted defects within a latency on this machine, "
                + "and print the command that fits them.")
        {
            folder, latency,
        };
        options.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parsed, cancellationToken) =>
        {
            double seconds = Seconds(parsed.GetRequiredValue(latency));
            LineLogger logger = LineLogger.ForErrors(parsed);
            FitOptions fitOptions = options.Read(parsed, logger);
            using SearchAccelerator? accelerator = options.OpenAccelerator(parsed, logger);
            ImageSelection good = ImageSelection.ToTrainOn(Wildcards.One(parsed.GetRequiredValue(folder)));
            DatasetSummary.Write(parsed.InvocationConfiguration, good.Summary, parsed.GetValue(json));
            ImageFolder images = options.HasAllPages(parsed) ? good.Images.WithEachPage() : good.Images;
            double speed = MachineSpeed.SecondsPerMultiplyAdd(fitOptions.Threads, cancellationToken);
            long maxCost = ThreeDigits(seconds / speed);
            TuningResult tuning = TuningRun.Run(
                images, fitOptions with { Accelerator = accelerator }, TuneMode.Quick, maxCost, cancellationToken);
            string[] given =
                [.. parsed.Tokens.Select(token => token.Value).SkipWhile(token => token != "select").Skip(1)];
            new SelectionSummary(seconds, speed, maxCost, tuning.Record, FitArguments(given, maxCost))
                .Write(parsed.InvocationConfiguration.Output, parsed.GetValue(json));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static IReadOnlyList<string> FitArguments(string[] given, long maxCost)
    {
        int latency = Array.IndexOf(given, "--latency");
        return
        [
            "fit",
            .. given.Where((token, i) => i != latency && i != latency + 1 && token is not ("--json" or "--verbose")),
            "--tune", "quick",
            "--max-cost", maxCost.ToString(CultureInfo.InvariantCulture),
            "--out", "MODEL",
        ];
    }

    // Rounded down, so that the number can be read and repeated.
    private static long ThreeDigits(double multiplyAdds)
    {
        long limit = (long)Math.Min(multiplyAdds, 1e18);
        long unit = 1;
        while (limit / unit >= 1000)
        {
            unit *= 10;
        }

        return Math.Max(1, limit / unit * unit);
    }

    private static double Seconds(string text)
    {
        double unit = text.EndsWith("ms", StringComparison.OrdinalIgnoreCase) ? 0.001 : 1;
        string number = text.TrimEnd('m', 's', 'M', 'S', ' ');
        return double.TryParse(
                number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && number.Length < text.Length
            && value * unit is > 0 and <= LongestLatency
            ? value * unit
            : throw new UsageException($"--latency must be a time such as 50ms or 0.5s, not '{text}'.");
    }
}
