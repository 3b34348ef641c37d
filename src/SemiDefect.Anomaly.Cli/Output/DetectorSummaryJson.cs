using System.Text.Json;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Verification;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What is told of a detector with <c>--json</c>.</summary>
internal static class DetectorSummaryJson
{
    public static void Write(
        TextWriter output,
        DetectorDocument document,
        DetectorFingerprint fingerprint,
        string path,
        TuningJson? tuning = null)
    {
        FitRecord fit = document.Fit;
        var json = new DetectorInfoJson(
            1,
            path.Replace('\\', '/'),
            document.Engine,
            fit.Preset,
            fit.Images.Count,
            fit.Patches,
            fit.Seed,
            fit.Folds,
            Backbone(document.Backbone),
            [.. document.Banks.Select(bank => new BankJson(bank.Rows, bank.Columns))],
            fit.CoveringRadius,
            fit.Pieces,
            Threshold(document.Thresholds.Image),
            Threshold(document.Thresholds.Pixel),
            document.Thresholds.Options.FalseAlarmRate,
            fingerprint.Sha256,
            FingerprintPartsJson.Of(fingerprint),
            document.GoldenImages,
            [.. fit.Steps.Select(step => new StepJson(step.Kind, step.Images, step.Rows))],
            [.. Enumerable.Range(0, document.Lanes.Count).Select(lane => Lane(document, lane))],
            Fusion(document))
        {
            BitDepth = document.Reading?.BitDepth,
            Page = document.Reading?.Page,
            Tuning = tuning,
        };
        output.WriteLine(JsonSerializer.Serialize(json, CliJson.Default.DetectorInfoJson));
    }

    private static LaneJson Lane(DetectorDocument document, int lane) => new(
        Backbone(document.Lanes[lane].Backbone),
        Views(document.Lanes[lane].Views),
        [
            .. document.Branches.Where(branch => branch.Lane == lane).Select(branch => new LaneBankJson(
                branch.Bank.Rows, branch.Bank.Columns, branch.Bank.Patches, branch.Bank.CoveringRadius)),
        ]);

    private static BackboneJsonRecord Backbone(BackboneRecord backbone) =>
        new(backbone.Name, backbone.Sha256, backbone.Taps, backbone.Manifest?.License, backbone.Included);

    private static ViewsJson Views(ViewPlan plan) => new(
        plan.Preprocessing.Resize switch
        {
            ResizeKind.None => "none",
            ResizeKind.Squash => "squash",
            _ => "shorterside",
        },
        plan.Preprocessing.Size,
        plan.Preprocessing.Crop,
        plan.Tile,
        plan.TileOverlap,
        plan.Turns,
        plan.Flips,
        plan.Region is { } region
            ? new RegionOfInterestJson(region.Left, region.Top, region.Width, region.Height, region.HasMask)
            : null);

    private static FusionJson? Fusion(DetectorDocument document) => document.Branches.Count == 1
        ? null
        : new FusionJson(
            document.Fusion.Rule == Scoring.FusionRule.Maximum ? "maximum" : "mean",
            [.. document.Fusion.Scales.Select(scale => new ScaleJson(scale.Center, scale.Spread))]);

    private static ThresholdJson Threshold(ThresholdEstimate threshold) =>
        new(threshold.Value, threshold.Method, threshold.Note);
}
