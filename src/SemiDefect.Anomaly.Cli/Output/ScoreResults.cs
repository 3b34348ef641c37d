using System.Text.Json;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.Verification;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>The results of scoring, and their output formats.</summary>
internal sealed class ScoreResults(
    DetectorThresholds thresholds,
    DetectorFingerprint fingerprint,
    double? threshold,
    bool hasNames,
    IReadOnlyList<ScoredImage> images,
    IReadOnlyList<UnreadableJson> unreadable)
{
    public IReadOnlyList<ScoredImage> Images => images;

    public IReadOnlyList<UnreadableJson> Unreadable => unreadable;

    public int Abnormal => Count(Decision.Abnormal);

    public int Check => Count(Decision.Check);

    // A threshold of the run has no rate, and so no band below it.
    private double? CheckThreshold => threshold is null ? thresholds.Check?.Value : null;

    /// <summary>Writes the table of results.</summary>
    public void WriteCsv(string path) => ScoreCsv.Write(
        path,
        hasNames,
        images.Select(image => new ScoreCsv.Row(
            image.Name, image.Score, image.Threshold, image.Answer, image.Regions.Count, TypesOf(image))));

    public void WriteJson(TextWriter output, string modelPath)
    {
        var json = new ScoreJson(
            1,
            modelPath.Replace('\\', '/'),
            fingerprint.Sha256,
            threshold ?? thresholds.Image.Value,
            thresholds.Pixel.Value,
            CheckThreshold,
            Count(Decision.Normal),
            Check,
            Abnormal,
            [.. images.Select(ToJson)],
            unreadable);
        output.WriteLine(JsonSerializer.Serialize(json, CliJson.Default.ScoreJson));
    }

    /// <summary>Converts the results to the content of a report.</summary>
    public ReportContent ToReport(string modelPath, string? trainingFolder) => new()
    {
        Title = Path.GetFileName(modelPath),
        Created = ReportTime.Now(),
        Images = [.. images.Select(image => image.Report)],
        Unreadable = [.. unreadable.Select(one => (one.Path, one.Error))],
        TrainingFolder = trainingFolder,
        Options = threshold is { } value ? [("threshold of this run", Text.Number(value))] : [],
    };

    /// <summary>Writes one line per image, in columns; in color on a terminal.</summary>
    public void WriteLines(TextWriter output)
    {
        string[] scores = Text.AlignNumbers([.. images.Select(image => Text.Number(image.Score))]);
        string[] margins = Text.AlignNumbers(
        [
            .. images.Select(image => (image.Margin > 0 ? "+" : string.Empty) + Text.Number(image.Margin)),
        ]);
        bool isColored = TerminalColor.IsUsed(output);
        for (int i = 0; i < images.Count; i++)
        {
            ScoredImage image = images[i];
            string decision = $"{image.Decision,-8}";
            string regions = image.Regions.Count switch
            {
                0 => string.Empty,
                1 => "  1 region",
                int count => $"  {count} regions",
            };
            output.WriteLine(
                $"{(isColored ? TerminalColor.Of(image.Answer, decision) : decision)}  {scores[i]}  {margins[i]}  "
                    + $"{Text.Printable(image.Name)}{regions}{Types(image)}");
        }
    }

    public void WriteSummary(TextWriter output)
    {
        string check = CheckThreshold is null ? string.Empty : $"{Check} to check, ";
        string from = CheckThreshold is { } value ? $", check {Text.Number(value)}" : string.Empty;
        string skipped = unreadable.Count == 0 ? string.Empty : $", {unreadable.Count} unreadable";
        string all = images.Count == 1 ? "1 image" : $"{images.Count} images";
        output.WriteLine(
            $"{all}: {Count(Decision.Normal)} normal, {check}{Abnormal} abnormal{skipped} (threshold "
                + $"{Text.Number(threshold ?? thresholds.Image.Value)}{from})");
    }

    // The names with their numbers, those of the highest regions first.
    private static string Types(ScoredImage image)
    {
        IEnumerable<string> types = TypesOf(image)
            .GroupBy(type => type, StringComparer.Ordinal)
            .Select(group => group.Count() == 1 ? group.Key : $"{group.Count()} x {group.Key}");
        string all = string.Join(", ", types);
        return all.Length == 0 ? string.Empty : $": {Text.Printable(all)}";
    }

    private static IEnumerable<string> TypesOf(ScoredImage image) =>
        image.Regions.Select(region => region.Type?.Name).OfType<string>();

    private int Count(Decision decision) => images.Count(image => image.Answer == decision);

    private static ImageJson ToJson(ScoredImage image) => new(
        image.Name,
        image.Score,
        image.Margin,
        image.PValue,
        image.Decision,
        [.. image.Regions.Select(region => new RegionJson(
            region.X, region.Y, region.Width, region.Height, region.Area, region.Peak, region.PeakX, region.PeakY,
            region.CentroidX, region.CentroidY)
        {
            Type = region.Type is { } type
                ? new RegionTypeJson(
                    type.Name, type.Closest, type.PValue, type.Confidence,
                    type.Box.Left, type.Box.Top, type.Box.Right, type.Box.Bottom)
                : null,
        })],
        new NearestJson(image.HighestPatch.X, image.HighestPatch.Y, image.HighestPatch.TrainingImage));
}
