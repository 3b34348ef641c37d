using System.Text.Json;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.Verification;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What is told of a detector with <c>--json</c>.</summary>
internal static class DetectorSummaryJson
{
    public static void Write(
        TextWriter output,
        DetectorDescription detector,
        DetectorFingerprint fingerprint,
        string path,
        PrecisionJson? precision)
    {
        var json = new DetectorInfoJson(
            1,
            path.Replace('\\', '/'),
            detector.Engine,
            detector.Preset,
            detector.Images.Count,
            detector.Patches,
            detector.Seed,
            detector.Folds,
            Backbone(detector.Lanes[0]),
            [
                .. detector.Lanes.SelectMany(lane => lane.BankRows, (lane, rows) => new BankJson(rows, lane.Dimension)),
            ],
            detector.CoveringRadius,
            detector.Pieces,
            Threshold(detector.Thresholds.Image),
            Threshold(detector.Thresholds.Pixel),
            detector.Thresholds.Options.FalseAlarmRate,
            fingerprint.Sha256,
            FingerprintPartsJson.Of(fingerprint),
            detector.GoldenImages,
            [.. detector.Steps.Select(step => new StepJson(step.Kind, step.Images, step.Rows))],
            [.. detector.Lanes.Select(Lane)],
            Fusion(detector))
        {
            CheckThreshold = detector.Thresholds.Check is { } check ? Threshold(check) : null,
            CheckRate = detector.Thresholds.Options.CheckRate,
            BitDepth = detector.BitDepth,
            Intensity = IntensityJson.Of(detector.Intensity),
            Page = detector.Page,
            LeftOut = detector.LeftOut.Count > 0 ? detector.LeftOut : null,
            Tuning = detector.Tuning is { } tuning ? TuningSummary.Json(tuning) : null,
            Planted = PlantedSummary.Json(detector),
            Precision = precision,
            Names = NamesSummary.Json(detector.Names),
        };
        output.WriteLine(JsonSerializer.Serialize(json, CliJson.Default.DetectorInfoJson));
    }

    private static LaneJson Lane(LaneDescription lane) => new(
        Backbone(lane),
        Views(lane.Views),
        [
            .. lane.BankRows.Select(
                rows => new LaneBankJson(rows, lane.Dimension, lane.Patches, lane.CoveringRadius)),
        ],
        lane.Smoothing)
    {
        Whitening = lane.Shrinkage,
        WhitenedAlone = lane.Shrinkage is null ? null : lane.IsWhitenedAlone,
        Projection = lane.Projection is { } projection
            ? new ProjectionJson(
                $"{projection.Kind}".ToLowerInvariant(),
                projection.Inputs,
                projection.Outputs,
                projection.Steps,
                projection.Shrinkage)
            : null,
    };

    private static BackboneJsonRecord Backbone(LaneDescription lane) =>
        new(lane.Backbone, lane.Sha256, lane.Taps, lane.License, lane.IsIncluded);

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
            : null)
    {
        Brightness = plan.Brightness?.Values ?? [],
    };

    private static FusionJson? Fusion(DetectorDescription detector) =>
        detector.Lanes.Sum(lane => lane.BankRows.Count) == 1
        ? null
        : new FusionJson(
            DetectorText.NameOf(detector.Fusion).Replace(' ', '_'),
            [.. detector.Scales.Select(scale => new ScaleJson(scale.Center, scale.Spread))]);

    private static ThresholdJson Threshold(ThresholdEstimate threshold) =>
        new(threshold.Value, threshold.Method, threshold.Note);
}
