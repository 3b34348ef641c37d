using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation.Checks;
using SemiDefect.Anomaly.Evaluation.Reports;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect check</c>: finds problems in a data set.</summary>
internal static class CheckCommand
{
    private const int PathsShown = 10;

    public static Command Create()
    {
        var path = new Argument<string>("DATASET")
        {
            Description = "A data set in a layout that 'evaluate' accepts, or a folder of good images.",
        };
        var quick = new Option<bool>("--quick")
        {
            Description = "Skip the search for unusual good images, which requires a fit.",
        };
        Option<bool> json = GlobalOptions.Json();
        var fit = new FitOptionSet();
        var command = new Command(
            "check",
            "Find problems that distort results: damaged files, duplicates across training and test, unusual good "
                + $"images, mixed image types. Exits with {ExitCode.ProblemsFound} if there are problems, "
                + $"{ExitCode.SomeUnreadable} if an image is unreadable.")
        {
            path, quick,
        };
        fit.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parsed, cancellationToken) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            FitOptions? options = parsed.GetValue(quick)
                ? null
                : fit.Read(parsed, LineLogger.ForErrors(parsed));
            fit.RefuseAllPages(parsed);
            string dataset = Wildcards.One(parsed.GetRequiredValue(path));
            CheckReport report = ProgressDisplay.Run(display => DatasetChecker.Check(
                dataset,
                options,
                new ReadProgress(display),
                new FitCommand.StageProgress(display),
                fit.Reading(parsed),
                cancellationToken: cancellationToken));
            DatasetSummary.Write(parsed.InvocationConfiguration, report.Summary, parsed.GetValue(json));
            if (parsed.GetValue(json))
            {
                output.Write(CheckJson.Write(report, dataset.Replace('\\', '/')));
            }
            else
            {
                WriteText(output, report);
            }

            return Task.FromResult(
                report.Findings.Any(finding => finding.Code == "unreadable") ? ExitCode.SomeUnreadable
                : report.HasProblems ? ExitCode.ProblemsFound
                : ExitCode.Done);
        });
        return command;
    }

    private static void WriteText(TextWriter output, CheckReport report)
    {
        string tested = report.Tested.Count == 0
            ? "no test images"
            : string.Join(", ", report.Tested.Select(type => $"{type.Value} {Text.Printable(type.Key)}"));
        output.WriteLine($"{report.Training} training images; {tested}");
        foreach (CheckFinding finding in report.Findings)
        {
            string severity = finding.Severity switch
            {
                CheckSeverity.Error => "error",
                CheckSeverity.Warning => "warning",
                _ => "info",
            };
            output.WriteLine($"{severity,-7}  {finding.Code}: {Text.Printable(finding.Message)}");
            foreach (string path in finding.Paths.Take(PathsShown))
            {
                output.WriteLine($"         {Text.Printable(path)}");
            }

            if (finding.Paths.Count > PathsShown)
            {
                output.WriteLine($"         and {finding.Paths.Count - PathsShown} more");
            }
        }

        int errors = report.Findings.Count(finding => finding.Severity == CheckSeverity.Error);
        int warnings = report.Findings.Count(finding => finding.Severity == CheckSeverity.Warning);
        output.WriteLine(
            errors + warnings == 0
                ? "No problem found."
                : $"{errors} error{(errors == 1 ? "" : "s")}, {warnings} warning{(warnings == 1 ? "" : "s")}.");
    }

    private sealed class ReadProgress(ProgressDisplay display) : IProgress<(int Done, int Total)>
    {
        private readonly Lock _lock = new();

        public void Report((int Done, int Total) value)
        {
            lock (_lock)
            {
                display.Report("Reading images", value.Done, value.Total);
            }
        }
    }
}
