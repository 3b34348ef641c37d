using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Fleet;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect fleet score</c>: has images inspected by the workers.</summary>
internal static class FleetScoreCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Image files, folders (searched recursively), and CSV files with a column of paths; * and ? "
                + "are expanded.",
            Arity = ArgumentArity.OneOrMore,
        };
        var model = new Option<string>("--model")
        {
            Description = "The name of a published model.",
            HelpName = "NAME",
            Required = true,
        };
        var csv = new Option<string?>("--out")
        {
            Description = "Write the results to this CSV file, the same as that of 'semidefect score'.",
            HelpName = "results.csv",
        };
        var shared = new Option<string?>("--shared")
        {
            Description = "A folder of images that all machines share: images in it are named instead of sent.",
            HelpName = "DIR",
        };
        var fleet = new FleetOptionSet();
        var imageLimits = new ImageLimitOptions();
        var page = new PageOption();
        Option<bool> json = GlobalOptions.Json();
        var command = new Command("score", "Have images inspected by the workers.") { paths, model, csv, shared, json };
        fleet.AddTo(command);
        imageLimits.AddTo(command);
        command.Options.Add(page.Option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LineLogger logger = LineLogger.ForErrors(parsed);
            var options = new FleetScorerOptions
            {
                Fleet = fleet.Read(parsed),
                SharedFolder = parsed.GetValue(shared),
                ImageLimits = imageLimits.Read(parsed),
                Logger = logger,
            };
            void Notice(string notice) => parsed.InvocationConfiguration.Error.WriteLine(
                $"semidefect: {Text.Printable(notice)}");
            ScoreInput input = ScoreInput.Collect(Wildcards.Expand(parsed.GetRequiredValue(paths)), Notice)
                .At(page.Read(parsed), page.IsAll(parsed), new ImageReading { Limits = options.ImageLimits }, Notice);
            FleetImage[] images =
                [.. input.Items.Select(item => new FleetImage(item.FullPath, item.Name) { Page = item.Page })];
            FleetScorer scorer = await FleetScorer.OpenAsync(options, cancellationToken).ConfigureAwait(false);
            await using (scorer.ConfigureAwait(false))
            {
                FleetModel version = await scorer
                    .ResolveAsync(parsed.GetRequiredValue(model), cancellationToken)
                    .ConfigureAwait(false);
                var results = new FleetScoreResults(version, Score(scorer, version, images, cancellationToken));
                if (parsed.GetValue(csv) is { } path)
                {
                    results.WriteCsv(path);
                }

                results.Print(parsed.InvocationConfiguration, parsed.GetValue(json), parsed.GetValue(csv));
                return results.Unreadable.Count > 0 ? ExitCode.SomeUnreadable : ExitCode.Done;
            }
        });
        return command;
    }

    private static List<FleetInspection> Score(
        FleetScorer scorer,
        FleetModel version,
        FleetImage[] images,
        CancellationToken cancellationToken) => ProgressDisplay.Run(display =>
        {
            var results = new List<FleetInspection>(images.Length);
            foreach (FleetInspection result in scorer
                .ScoreAsync(version, images, cancellationToken)
                .ToBlockingEnumerable(cancellationToken))
            {
                results.Add(result);
                display.Report("Scoring images", results.Count, images.Length);
            }

            return results;
        });
}
