using System.CommandLine;
using SemiDefect.Anomaly.Evaluation;
using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.Evaluation.Samples;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.Imaging.Rendering;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>
/// <c>semidefect demo</c>: generates the sample set, fits, scores, says which defects were found and why others were
/// not, and writes a report, without other input.
/// </summary>
internal static class DemoCommand
{
    internal const string ReportName = "report.html";
    private const string OverviewName = "overview.png";

    public static Command Create()
    {
        var folder = new Option<string>("--out")
        {
            Description = "The folder to write to.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "demo-output",
        };
        var command = new Command(
            "demo",
            "Generate the sample set, fit detectors on its good dies, score the test images, say which defects were "
                + "found, and write a report.")
        {
            folder,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            Run(parsed.GetRequiredValue(folder), parsed.InvocationConfiguration.Output, cancellationToken);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Run(string folder, TextWriter output, CancellationToken cancellationToken)
    {
        string samples = Path.Combine(folder, "sample");
        SampleCommand.Write(samples, new SampleOptions(), cancellationToken);
        var overview = new List<Image>();
        var results = new List<EvaluationResult>();
        foreach (string die in SampleGenerator.Dies)
        {
            var run = new DemoRun(Path.Combine(samples, die), Path.Combine(folder, die));
            results.Add(run.Execute(output, overview, cancellationToken));
        }

        Image sheet = ContactSheet.Compose(overview, columns: 4, cell: 512, gap: 6);
        string overviewPath = Path.Combine(folder, OverviewName);
        AtomicFile.Write(overviewPath, stream => PngWriter.Write(stream, sheet.Width, sheet.Height, 3, sheet.Rgb));
        string reportPath = Path.Combine(folder, ReportName);
        HtmlReport.WriteIndex(
            reportPath, "Demo", [.. results.Select(result => (result, $"{result.Name}/{ReportName}"))]);

        output.WriteLine(Total(results));
        output.WriteLine();
        output.WriteLine("Results:");
        output.WriteLine($"  {Shown(reportPath)}  open it in a browser: figures, every defect, heatmaps");
        output.WriteLine($"  {Shown(overviewPath)}  one defect of each type, with its heatmap");
        foreach (string die in SampleGenerator.Dies)
        {
            output.WriteLine($"  {Shown(Path.Combine(folder, die))}/  model.sdad, report.html, results.csv, heatmaps/");
        }
    }

    private static string Total(List<EvaluationResult> results)
    {
        int found = results.Sum(result => result.AtThreshold.TruePositives);
        int check = results.Sum(result => result.DefectsToCheck);
        int missed = results.Sum(result => result.AtThreshold.FalseNegatives) - check;
        int alarms = results.Sum(result => result.AtThreshold.FalsePositives);
        int goodCheck = results.Sum(result => result.GoodToCheck);
        int good = results.Sum(result => result.AtThreshold.TrueNegatives) + alarms;
        return $"{found + check + missed} defects: {found} found, {check} to check, {missed} missed; "
            + $"{good} good images: {alarms} called abnormal, {goodCheck} to check";
    }

    private static string Shown(string path) => path.Replace('\\', '/');
}
