using System.CommandLine;
using System.Text.Json;
using SemiDefect.Anomaly.Fleet;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>The results of a fleet, and their output formats.</summary>
internal sealed class FleetScoreResults
{
    private readonly FleetModel _model;
    private readonly IReadOnlyList<FleetInspection> _images;

    public FleetScoreResults(FleetModel model, IReadOnlyList<FleetInspection> results)
    {
        _model = model;
        _images = [.. results.Where(result => result.Error is null)];
        Unreadable =
        [
            .. results.Where(result => result.Error is not null)
                .Select(result => new UnreadableJson(result.Name, result.Error!)),
        ];
    }

    public IReadOnlyList<UnreadableJson> Unreadable { get; }

    public void WriteCsv(string path) => ScoreCsv.Write(
        path,
        _model.HasNames,
        _images.Select(image => new ScoreCsv.Row(
            image.Name, image.Score, image.Threshold, image.Decision, image.RegionCount, image.Types)));

    public void Print(InvocationConfiguration streams, bool json, string? csv)
    {
        foreach (UnreadableJson unreadable in Unreadable)
        {
            streams.Error.WriteLine($"semidefect: {Text.Printable(unreadable.Error)}");
        }

        if (json)
        {
            WriteJson(streams.Output);
            return;
        }

        if (csv is null)
        {
            foreach (FleetInspection image in _images)
            {
                streams.Output.WriteLine(
                    $"{DecisionRule.NameOf(image.Decision),-8}  {Text.Number(image.Score)}  "
                        + $"{Text.Printable(image.Name)}");
            }
        }

        string check = _images.Any(image => image.CheckThreshold is not null)
            ? $"{Count(Decision.Check)} to check, "
            : string.Empty;
        string skipped = Unreadable.Count == 0 ? string.Empty : $", {Unreadable.Count} unreadable";
        int workers = _images.Select(image => image.Worker).Distinct(StringComparer.Ordinal).Count();
        streams.Output.WriteLine(
            $"{_images.Count} image{(_images.Count == 1 ? "" : "s")}: {Count(Decision.Normal)} normal, {check}"
                + $"{Count(Decision.Abnormal)} abnormal{skipped} (model {_model.Name} {_model.Fingerprint[..12]}, "
                + $"{workers} worker{(workers == 1 ? "" : "s")})");
        if (csv is not null)
        {
            streams.Output.WriteLine($"{"results",-10} {Text.Printable(csv)}");
        }
    }

    private void WriteJson(TextWriter output) => output.WriteLine(JsonSerializer.Serialize(
        new FleetScoreJson(
            1,
            _model.Name,
            _model.Fingerprint,
            Count(Decision.Normal),
            Count(Decision.Check),
            Count(Decision.Abnormal),
            [.. _images.Select(ToJson)],
            Unreadable),
        CliJson.Default.FleetScoreJson));

    private static FleetImageJson ToJson(FleetInspection image) => new(
        image.Name,
        image.Score,
        image.Threshold,
        image.Score - image.Threshold,
        image.PValue,
        DecisionRule.NameOf(image.Decision),
        image.RegionCount,
        image.Regions,
        image.Model,
        image.Worker);

    private int Count(Decision decision) => _images.Count(image => image.Decision == decision);
}
