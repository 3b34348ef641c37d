using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Verification;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What is told of a detector after a fit and by <c>info</c>.</summary>
internal static class DetectorSummary
{
    public static void Write(
        TextWriter output,
        DetectorDocument document,
        DetectorFingerprint fingerprint,
        string path,
        bool json,
        TuningResult? tuning = null)
    {
        if (json)
        {
            TuningJson? tried = tuning is null ? null : TuningSummary.Json(tuning, document.Thresholds);
            DetectorSummaryJson.Write(output, document, fingerprint, path, tried);
        }
        else
        {
            WriteText(output, document, fingerprint, path);
            if (tuning is not null)
            {
                TuningSummary.Write(output, tuning, document.Thresholds);
            }
        }
    }

    private static void WriteText(
        TextWriter output, DetectorDocument document, DetectorFingerprint fingerprint, string path)
    {
        FitRecord fit = document.Fit;
        output.WriteLine($"Detector    {path}");
        string origin = $"preset {fit.Preset}, seed {fit.Seed}";
        output.WriteLine($"Learned     {fit.Images.Count} good images, {fit.Patches} patches ({origin})");
        if (fit.Steps.Count > 1)
        {
            IEnumerable<string> steps = fit.Steps.Select(step => $"{step.Kind} +{step.Images}");
            output.WriteLine($"Steps       {string.Join(", ", steps)}");
        }

        for (int lane = 0; lane < document.Lanes.Count; lane++)
        {
            WriteLane(output, document, lane);
        }

        if (document.Lanes.Count > 1)
        {
            string rule = document.Fusion.Rule == FusionRule.Maximum ? "maximum" : "mean";
            output.WriteLine($"Fusion      {rule} of {document.Branches.Count} scores");
        }

        WriteThreshold(output, "Threshold  ", document.Thresholds.Image, document.Thresholds.Options);
        WriteThreshold(output, "Pixels     ", document.Thresholds.Pixel, document.Thresholds.Options);
        output.WriteLine($"Fingerprint {fingerprint.ShortForm}");
        if (document.Thresholds.Image.Note is { } note)
        {
            output.WriteLine($"Note        {note}");
        }
    }

    private static void WriteLane(TextWriter output, DetectorDocument document, int lane)
    {
        BackboneRecord backbone = document.Lanes[lane].Backbone;
        if (document.Lanes.Count > 1)
        {
            output.WriteLine($"Lane        {lane + 1} of {document.Lanes.Count}");
        }

        string taps = backbone.Taps.Count > 0 ? $" ({string.Join(", ", backbone.Taps)})" : string.Empty;
        string license = backbone.Manifest?.License ?? "unknown";
        string place = backbone.Included ? "in the file" : "not in the file";
        output.WriteLine($"Backbone    {backbone.Name}{taps}, license {license}, {place}");
        output.WriteLine($"Images      {Views(document.Lanes[lane].Views)}{Reading(document.Reading)}");
        string pieces = document.Fit.Pieces is { } count ? $", picked in {count} pieces" : string.Empty;
        foreach (BranchRecord branch in document.Branches.Where(branch => branch.Lane == lane))
        {
            BankRecord bank = branch.Bank;
            double? distance = document.Lanes.Count > 1 ? bank.CoveringRadius : document.Fit.CoveringRadius;
            string radius = distance is { } within ? $", every good patch within {Text.Number(within)}" : string.Empty;
            output.WriteLine($"Memory bank {bank.Rows} patches x {bank.Columns} values{radius}{pieces}");
        }
    }

    private static string Views(ViewPlan plan)
    {
        PreprocessingOptions input = plan.Preprocessing;
        string resize = input.Resize switch
        {
            ResizeKind.None => "as they are",
            ResizeKind.Squash => $"resized to {input.Size} x {input.Size}",
            _ => $"shorter side resized to {input.Size}",
        };
        string crop = input.Crop is { } side ? $", only the middle {side} x {side}" : string.Empty;
        string tiles = plan.Tile > 0 ? $", tiles of {plan.Tile} that overlap by {plan.TileOverlap}" : string.Empty;
        string turns = plan.Turns > 0 ? $", learned in {plan.Turns} turns" : string.Empty;
        string flips = plan.Flips ? ", learned mirrored as well" : string.Empty;
        return resize + crop + tiles + turns + flips + Region(plan.Region);
    }

    private static string Reading(ReadingRecord? reading)
    {
        string depth = reading?.BitDepth is { } bits ? $", {bits} of 16 bits per sample" : string.Empty;
        string page = reading?.Page is { } number ? $", page {number} of each file" : string.Empty;
        return depth + page;
    }

    private static string Region(RegionOfInterest? region)
    {
        if (region is null)
        {
            return string.Empty;
        }

        string mask = region.HasMask ? " with a mask" : string.Empty;
        return $", only {region.Width} x {region.Height} at ({region.Left}, {region.Top}){mask}";
    }

    private static void WriteThreshold(
        TextWriter output, string label, ThresholdEstimate threshold, ThresholdOptions options)
    {
        string rate = options.Method is ThresholdMethod.Conformal or ThresholdMethod.Quantile
            ? $", false-alarm rate {Text.Number(options.FalseAlarmRate)}"
            : string.Empty;
        output.WriteLine($"{label} {Text.Number(threshold.Value)} ({threshold.Method}{rate})");
    }
}
