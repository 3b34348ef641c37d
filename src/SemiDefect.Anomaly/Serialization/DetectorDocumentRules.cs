using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// Rules for a header beyond its JSON types, so that later code meets no invalid value: lists without gaps, finite
/// numbers, defined enum values, single-line names, and image paths that stay below their folder. Stateless and
/// thread-safe.
/// </summary>
internal static class DetectorDocumentRules
{
    /// <summary>The fault of a header, in words that follow "it", or null.</summary>
    public static string? FindFault(DetectorDocument document) =>
        HasGap(document) ? "has a gap in one of its lists"
        : HasWrongShape(document) ? "claims an impossible number of branches"
        : !HasBranchScores(document) ? "has scores of branches for other images or branches than it names"
        : !HasPlainNames(document) ? "holds a name that is empty, too long or not of one line"
        : document.Fit.Images.Any(LeavesItsFolder) ? "names a training image outside of its folder"
        : !HasFiniteNumbers(document) ? "holds a threshold or a score that is not a number"
        : !HasKnownChoices(document) ? "asks for something that this program does not know"
        : document.Thresholds.Check is null != (document.Thresholds.Options.CheckRate == 0)
            ? "has a check threshold without a check rate, or the reverse"
        : document.Reading is { IsValid: false } ? "reads images in a way that does not exist"
        : document.Tuning is { } tuning && !TuningRules.IsValid(tuning) ? "holds a tuning that cannot be"
        : document.Planted is { } planted && !TuningRules.IsValid(planted, document.Fit.Images.Count)
            ? "holds planted defects that cannot be"
        : document.Names is { IsValid: false } ? "holds names of defects that cannot be"
        : document.Fit.Patches < 1 || document.Fit.Images.Count < 1 ? "was fitted on nothing"
        : null;

    /// <summary>Rejects images whose names cannot be stored in a file, before training starts.</summary>
    /// <exception cref="SemiDefectException">There is such an image.</exception>
    public static void RequireNames(IImageSource source)
    {
        string? name = Enumerable.Range(0, source.Count)
            .Select(image => source.Describe(image).Name)
            .FirstOrDefault(LeavesItsFolder);
        if (name is not null)
        {
            throw new SemiDefectException(
                $"An image cannot be called '{name}': give it a name, or a path that stays below its folder.");
        }
    }

    private static bool HasGap(DetectorDocument document) =>
        document.Lanes.Any(lane => lane?.Backbone is null || lane.Views is null || lane.Patches is null)
        || document.Lanes.Any(lane => lane.Backbone.Taps.Any(tap => tap is null) || HasGap(lane.Backbone.Manifest))
        || document.Branches.Any(branch => branch?.Bank is null || branch.Scoring is null || branch.Map is null)
        || document.Fit.Images.Any(image => image is null)
        || document.Sections.Any(section => section?.Name is null)
        || document.Fusion.Scales.Any(scale => scale is null)
        || BranchLists(document.Thresholds).Any(list => list.Any(image => image is null));

    private static IEnumerable<IReadOnlyList<IReadOnlyList<double>>> BranchLists(DetectorThresholds thresholds) =>
        new[] { thresholds.BranchImageScores, thresholds.BranchPixelPeaks }
            .OfType<IReadOnlyList<IReadOnlyList<double>>>();

    private static bool HasGap(BackboneManifest? manifest) =>
        manifest is not null && (manifest.Taps.Any(tap => tap is null) || manifest.DefaultTaps.Any(tap => tap is null));

    // Branches without scales are the banks of folds, over the patches of one lane; otherwise each lane has a branch.
    private static bool HasWrongShape(DetectorDocument document) =>
        document.Lanes.Count is < 1 or > DetectorFileLayout.LargestLaneCount
        || document.Branches.Count is < 1 or > DetectorFileLayout.LargestBankCount
        || (document.Lanes.Count > 1
            ? document.Branches.Count != document.Lanes.Count
                || document.Fusion.Scales.Count != document.Branches.Count
                || document.Branches.Where((branch, i) => branch.Lane != i).Any()
            : document.Branches.Any(branch => branch.Lane != 0)
                || document.Fusion.Scales.Count > 1
                || (document.Fusion.Scales.Count > 0 && document.Branches.Count > 1)
                || (document.Branches.Count > 1 && document.Fusion.Rule != FusionRule.Maximum));

    // Both lists or none, and only of branches on a common scale.
    private static bool HasBranchScores(DetectorDocument document)
    {
        DetectorThresholds thresholds = document.Thresholds;
        return thresholds.BranchImageScores is null == thresholds.BranchPixelPeaks is null
            && BranchLists(thresholds).All(list =>
                document.Fusion.Scales.Count == document.Branches.Count
                && list.Count == thresholds.ImageScores.Count
                && list.All(image => image.Count == document.Branches.Count));
    }

    private static bool HasPlainNames(DetectorDocument document)
    {
        IEnumerable<string?> names =
        [
            document.Engine, document.Fit.Preset, document.Fit.Device,
            document.Thresholds.Image.Method, document.Thresholds.Pixel.Method,
            .. document.Thresholds.Check is { } check ? [check.Method] : (string?[])[],
            .. document.Sections.Select(section => section.Name),
            .. document.Lanes.SelectMany(
                lane => (string?[])[lane.Backbone.Name, lane.Backbone.Sha256, .. lane.Backbone.Taps]),
            .. document.Lanes.Select(lane => lane.Views.Region?.MaskSha256).OfType<string>(),
            .. document.Lanes.Select(lane => lane.Whitening?.Sha256).OfType<string>(),
            .. document.Lanes.Select(lane => lane.Projection?.Sha256).OfType<string>(),
            .. document.Lanes.Select(lane => lane.Backbone.Manifest).OfType<BackboneManifest>().SelectMany(manifest =>
                (string?[])
                [
                    manifest.Name, manifest.Version, manifest.License, manifest.Origin, .. manifest.DefaultTaps,
                ]),
        ];
        return names.All(PlainText.IsName)
            && PlainText.IsLine(document.Thresholds.Image.Note ?? "")
            && PlainText.IsLine(document.Thresholds.Check?.Note ?? "")
            && PlainText.IsLine(document.Thresholds.Pixel.Note ?? "");
    }

    /// <summary>
    /// Reports join the paths to a folder of the user: none may lead out of it, on any system.
    /// </summary>
    private static bool LeavesItsFolder(string path) =>
        path.Length == 0
        || path[0] == '/'
        || path.Contains('\0')
        || path.Split('/').Contains("..")
        || (OperatingSystem.IsWindows()
            && (Path.IsPathRooted(path) || path.Contains(':') || path.Split('\\').Contains("..")));

    private static bool HasFiniteNumbers(DetectorDocument document)
    {
        DetectorThresholds thresholds = document.Thresholds;
        return double.IsFinite(thresholds.Image.Value)
            && double.IsFinite(thresholds.Check?.Value ?? 0)
            && double.IsFinite(thresholds.Pixel.Value)
            && thresholds.ImageScores.All(double.IsFinite)
            && thresholds.PixelPeaks.All(double.IsFinite)
            && thresholds.FoldImageScores.All(double.IsFinite)
            && thresholds.FoldPixelPeaks.All(double.IsFinite)
            && BranchLists(thresholds).SelectMany(list => list).All(image => image.All(double.IsFinite))
            && document.Lanes.All(lane => (lane.Whitening?.Shrinkage ?? 1) is > 0 and < 1e6)
            && document.Lanes.All(lane => (lane.Projection?.Shrinkage ?? 1) is > 0 and < 1e6)
            && document.Fusion.Scales.All(
                scale => double.IsFinite(scale.Center) && double.IsFinite(scale.Spread) && scale.Spread > 0);
    }

    private static bool HasKnownChoices(DetectorDocument document) =>
        document.Lanes.All(lane => Enum.IsDefined(lane.Patches.Pooling))
        && document.Lanes.All(lane =>
            lane.Whitening?.Score is null or DeviationScore.GeometricMean or DeviationScore.Whitened)
        && document.Lanes.Select(lane => lane.Projection).OfType<ProjectionRecord>().All(projection =>
            Enum.IsDefined(projection.Kind) && projection.Steps is null or >= 1)
        && document.Branches.All(branch => Enum.IsDefined(branch.Scoring.Metric)
            && Enum.IsDefined(branch.Scoring.ImageScore)
            && Enum.IsDefined(branch.Map.Upsampling)
            && Enum.IsDefined(branch.Map.BlurBorder))
        && Enum.IsDefined(document.Fusion.Rule)
        && Enum.IsDefined(document.Thresholds.Options.Method)
        && Enum.IsDefined(document.Fit.CoresetMethod)
        && Enum.IsDefined(document.Fit.Calibration);
}
