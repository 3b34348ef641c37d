using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Samples;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.Imaging.Rendering;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>
/// <c>semidefect demo</c>: generates the sample set, fits, scores and draws heatmaps, without other input.
/// </summary>
internal static class DemoCommand
{
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
            "Generate the sample set, fit detectors on its good dies, score the test images and draw heatmaps.")
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
        foreach (string die in SampleGenerator.Dies)
        {
            RunDie(Path.Combine(samples, die), die, Path.Combine(folder, die), output, overview, cancellationToken);
        }

        Image sheet = ContactSheet.Compose(overview, columns: 4, cell: 512, gap: 6);
        string overviewPath = Path.Combine(folder, OverviewName);
        AtomicFile.Write(overviewPath, stream => PngWriter.Write(stream, sheet.Width, sheet.Height, 3, sheet.Rgb));
        output.WriteLine();
        output.WriteLine("Results:");
        output.WriteLine($"  {Shown(overviewPath)}  one defect of each type, with its heatmap");
        foreach (string die in SampleGenerator.Dies)
        {
            output.WriteLine($"  {Shown(Path.Combine(folder, die))}/  model.sdad, results.csv, heatmaps/");
        }
    }

    private static void RunDie(
        string dataset,
        string die,
        string folder,
        TextWriter output,
        List<Image> overview,
        CancellationToken cancellationToken)
    {
        LabeledDataset data = LabeledDataset.Open(dataset);
        using AnomalyDetector detector = FitCommand.Fit(data.TrainGood!, new FitOptions(), cancellationToken);
        detector.Save(Path.Combine(folder, "model.sdad"));

        string heatmaps = Path.Combine(folder, "heatmaps");
        ScoreInput input = ScoreInput.Collect([Path.Combine(dataset, "test")]);
        var files = new ScoreFiles(
            heatmaps, SideBySide: true, Masks: null, Raw: null, RawFormat.Tiff, detector.Reading);
        ScoreResults results = ScoreRun.Execute(detector, input, files, null, cancellationToken);
        results.WriteCsv(Path.Combine(folder, "results.csv"));

        output.WriteLine(
            $"{die}: fitted on {data.TrainGood!.Items.Count} good images, threshold "
                + $"{Text.Number(detector.Thresholds.Image.Value)}");
        IEnumerable<IGrouping<string, (LabeledImage Item, ScoredImage Scored)>> types = data.Test
            .Zip(results.Images)
            .GroupBy(pair => pair.First.Type, StringComparer.Ordinal)
            .OrderBy(type => type.First().First.IsAbnormal)
            .ThenBy(type => type.Key, StringComparer.Ordinal);
        foreach (IGrouping<string, (LabeledImage Item, ScoredImage Scored)> type in types)
        {
            (LabeledImage Item, ScoredImage Scored)[] pairs = [.. type];
            int abnormal = pairs.Count(pair => pair.Scored.IsAbnormal);
            string verdict = pairs[0].Item.IsAbnormal
                ? $"{abnormal} of {pairs.Length} detected"
                : $"{pairs.Length - abnormal} of {pairs.Length} normal";
            output.WriteLine(
                $"  {type.Key,-15} {verdict,-20} scores "
                    + $"{string.Join(' ', pairs.Select(pair => Text.Number(pair.Scored.Score)))}");
            if (pairs[0].Item.IsAbnormal)
            {
                overview.Add(
                    ImageFile.Read(
                        Path.Combine(
                            heatmaps,
                            type.Key,
                            Path.GetFileNameWithoutExtension(pairs[0].Item.Path) + ".png")));
            }
        }
    }

    private static string Shown(string path) => path.Replace('\\', '/');
}
