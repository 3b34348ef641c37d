using System.Globalization;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Verification;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>What a detector is made of, in words. Stateless.</summary>
public static class DetectorText
{
    /// <summary>
    /// The name and the value of each line, in the order to show them; some names occur several times.
    /// </summary>
    /// <param name="detector">The detector.</param>
    /// <param name="fingerprint">Its fingerprint.</param>
    public static IReadOnlyList<(string Name, string Value)> Describe(
        DetectorDescription detector,
        DetectorFingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(fingerprint);
        string origin = $"preset {detector.Preset}, seed {detector.Seed}";
        List<(string, string)> lines =
            [("Learned", $"{detector.Images.Count} good images, {detector.Patches} patches ({origin})")];
        if (detector.LeftOut.Count > 0)
        {
            lines.Add(("Left out", $"{detector.LeftOut.Count} images: {string.Join(", ", detector.LeftOut)}"));
        }

        if (detector.Steps.Count > 1)
        {
            IEnumerable<string> steps = detector.Steps.Select(step => $"{step.Kind} +{step.Images}");
            lines.Add(("Steps", string.Join(", ", steps)));
        }

        for (int lane = 0; lane < detector.Lanes.Count; lane++)
        {
            AddLane(lines, detector, lane);
        }

        if (detector.Lanes.Count > 1)
        {
            lines.Add(("Fusion", $"{NameOf(detector.Fusion)} of {detector.Lanes.Count} scores"));
        }

        DetectorThresholds thresholds = detector.Thresholds;
        string rate = thresholds.Options.HasRate
            ? $", false-alarm rate {Number(thresholds.Options.FalseAlarmRate)}"
            : string.Empty;
        lines.Add(("Threshold", $"{Number(thresholds.Image.Value)} ({thresholds.Image.Method}{rate})"));
        if (thresholds.Check is { } check)
        {
            string share = $"check rate {Number(thresholds.Options.CheckRate)}";
            lines.Add(("Check", $"{Number(check.Value)} ({check.Method}, {share})"));
        }

        lines.Add(("Pixels", $"{Number(thresholds.Pixel.Value)} ({thresholds.Pixel.Method}{rate})"));
        lines.Add(("Fingerprint", fingerprint.ShortForm));
        lines.AddRange(new[] { thresholds.Image.Note, thresholds.Check?.Note }
            .OfType<string>()
            .Select(note => ("Note", note)));
        return lines;
    }

    /// <summary>The rule that combines scores, in words.</summary>
    public static string NameOf(FusionRule rule) => rule switch
    {
        FusionRule.Mean => "mean",
        FusionRule.Maximum => "maximum",
        _ => "soft maximum",
    };

    private static void AddLane(List<(string, string)> lines, DetectorDescription detector, int index)
    {
        LaneDescription lane = detector.Lanes[index];
        if (detector.Lanes.Count > 1)
        {
            lines.Add(("Lane", $"{index + 1} of {detector.Lanes.Count}"));
        }

        string taps = lane.Taps.Count > 0 ? $" ({string.Join(", ", lane.Taps)})" : string.Empty;
        string place = lane.IsIncluded ? "in the file" : "not in the file";
        lines.Add(("Backbone", $"{lane.Backbone}{taps}, license {lane.License ?? "unknown"}, {place}"));
        lines.Add(("Images", $"{Views(lane.Views)}{Reading(detector)}"));
        if (lane.Smoothing > 0)
        {
            lines.Add(("Scores", $"smoothed, standard deviation {Number(lane.Smoothing)} patches"));
        }

        if (lane.Projection is { } projection)
        {
            lines.Add(("Projection", TextOf(projection)));
        }

        if (lane.Shrinkage is { } shrinkage)
        {
            string alone = lane.IsWhitenedAlone ? ", whitened distance alone" : string.Empty;
            lines.Add(("Whitening", $"of deviations, shrinkage {Number(shrinkage)}{alone}"));
        }

        string pieces = detector.Pieces is { } count ? $", picked in {count} pieces" : string.Empty;
        double? distance = detector.Lanes.Count > 1 ? lane.CoveringRadius : detector.CoveringRadius;
        string radius = distance is { } within ? $", every good patch within {Number(within)}" : string.Empty;
        lines.AddRange(lane.BankRows.Select(rows =>
            ("Memory bank", $"{rows} patches x {lane.Dimension} values{radius}{pieces}")));
    }

    private static string TextOf(ProjectionDescription projection)
    {
        string steps = projection.Steps is { } count ? $", {count} steps" : string.Empty;
        string shrinkage = projection.Shrinkage is { } value ? $", shrinkage {Number(value)}" : string.Empty;
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
            ? $", learned at brightness {string.Join(", ", factors.Values.Select(Number))} as well"
            : string.Empty;
        return resize + crop + tiles + turns + flips + brightness + Region(plan.Region);
    }

    private static string Reading(DetectorDescription detector)
    {
        string depth = detector.BitDepth is { } bits ? $", {bits} of 16 bits per sample" : string.Empty;
        string intensity =
            detector.Intensity.Kind == IntensityKind.Full ? string.Empty : $", {detector.Intensity} as black and white";
        string page = detector.Page is { } number ? $", page {number} of each file" : string.Empty;
        return depth + intensity + page;
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

    private static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
