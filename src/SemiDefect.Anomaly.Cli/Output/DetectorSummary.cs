using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Verification;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What is told of a detector after a fit and by <c>info</c>.</summary>
internal static class DetectorSummary
{
    public static void Write(
        TextWriter output,
        DetectorDescription detector,
        DetectorFingerprint fingerprint,
        string path,
        bool json)
    {
        if (json)
        {
            DetectorSummaryJson.Write(output, detector, fingerprint, path);
        }
        else
        {
            WriteText(output, detector, fingerprint, path);
            if (detector.Tuning is { } tuning)
            {
                TuningSummary.Write(output, tuning);
            }

            PlantedSummary.Write(output, detector);
        }
    }

    private static void WriteText(
        TextWriter output, DetectorDescription detector, DetectorFingerprint fingerprint, string path)
    {
        output.WriteLine($"Detector    {path}");
        string origin = $"preset {detector.Preset}, seed {detector.Seed}";
        output.WriteLine($"Learned     {detector.Images.Count} good images, {detector.Patches} patches ({origin})");
        if (detector.LeftOut.Count > 0)
        {
            output.WriteLine($"Left out    {detector.LeftOut.Count} images: {string.Join(", ", detector.LeftOut)}");
        }

        if (detector.Steps.Count > 1)
        {
            IEnumerable<string> steps = detector.Steps.Select(step => $"{step.Kind} +{step.Images}");
            output.WriteLine($"Steps       {string.Join(", ", steps)}");
        }

        for (int lane = 0; lane < detector.Lanes.Count; lane++)
        {
            WriteLane(output, detector, lane);
        }

        if (detector.Lanes.Count > 1)
        {
            output.WriteLine($"Fusion      {NameOf(detector.Fusion)} of {detector.Lanes.Count} scores");
        }

        WriteThreshold(output, "Threshold  ", detector.Thresholds.Image, detector.Thresholds.Options);
        if (detector.Thresholds.Check is { } check)
        {
            string rate = $"check rate {Text.Number(detector.Thresholds.Options.CheckRate)}";
            output.WriteLine($"Check       {Text.Number(check.Value)} ({check.Method}, {rate})");
        }

        WriteThreshold(output, "Pixels     ", detector.Thresholds.Pixel, detector.Thresholds.Options);
        output.WriteLine($"Fingerprint {fingerprint.ShortForm}");
        foreach (string note
            in new[] { detector.Thresholds.Image.Note, detector.Thresholds.Check?.Note }.OfType<string>())
        {
            output.WriteLine($"Note        {note}");
        }
    }

    private static void WriteLane(TextWriter output, DetectorDescription detector, int index)
    {
        LaneDescription lane = detector.Lanes[index];
        if (detector.Lanes.Count > 1)
        {
            output.WriteLine($"Lane        {index + 1} of {detector.Lanes.Count}");
        }

        string taps = lane.Taps.Count > 0 ? $" ({string.Join(", ", lane.Taps)})" : string.Empty;
        string place = lane.IsIncluded ? "in the file" : "not in the file";
        output.WriteLine($"Backbone    {lane.Backbone}{taps}, license {lane.License ?? "unknown"}, {place}");
        output.WriteLine($"Images      {Views(lane.Views)}{Reading(detector)}");
        if (lane.Smoothing > 0)
        {
            output.WriteLine($"Scores      smoothed, standard deviation {Text.Number(lane.Smoothing)} patches");
        }

        if (lane.Projection is { } projection)
        {
            output.WriteLine($"Projection  {Projection(projection)}");
        }

        if (lane.Shrinkage is { } shrinkage)
        {
            output.WriteLine($"Whitening   of deviations, shrinkage {Text.Number(shrinkage)}");
        }

        string pieces = detector.Pieces is { } count ? $", picked in {count} pieces" : string.Empty;
        double? distance = detector.Lanes.Count > 1 ? lane.CoveringRadius : detector.CoveringRadius;
        string radius = distance is { } within ? $", every good patch within {Text.Number(within)}" : string.Empty;
        foreach (int rows in lane.BankRows)
        {
            output.WriteLine($"Memory bank {rows} patches x {lane.Dimension} values{radius}{pieces}");
        }
    }

    private static string Projection(ProjectionDescription projection)
    {
        string steps = projection.Steps is { } count ? $", {count} steps" : string.Empty;
        string shrinkage =
            projection.Shrinkage is { } value ? $", shrinkage {Text.Number(value)}" : string.Empty;
        string kind = projection.Kind.ToString().ToLowerInvariant();
        return $"{kind}, from {projection.Inputs} to {projection.Outputs} values{steps}{shrinkage}";
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
        string brightness = plan.Brightness is { } factors
            ? $", learned at brightness {string.Join(", ", factors.Values.Select(Text.Number))} as well"
            : string.Empty;
        return resize + crop + tiles + turns + flips + brightness + Region(plan.Region);
    }

    private static string Reading(DetectorDescription detector)
    {
        string depth = detector.BitDepth is { } bits ? $", {bits} of 16 bits per sample" : string.Empty;
        string page = detector.Page is { } number ? $", page {number} of each file" : string.Empty;
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

    /// <summary>The rule that combines scores, in words.</summary>
    public static string NameOf(FusionRule rule) => rule switch
    {
        FusionRule.Mean => "mean",
        FusionRule.Maximum => "maximum",
        _ => "soft maximum",
    };

    private static void WriteThreshold(
        TextWriter output, string label, ThresholdEstimate threshold, ThresholdOptions options)
    {
        string rate = options.HasRate
            ? $", false-alarm rate {Text.Number(options.FalseAlarmRate)}"
            : string.Empty;
        output.WriteLine($"{label} {Text.Number(threshold.Value)} ({threshold.Method}{rate})");
    }
}
