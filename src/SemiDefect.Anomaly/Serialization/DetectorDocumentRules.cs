using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// What a header must keep to beyond its JSON types, so that nothing after it meets an impossible value: lists without gaps, numbers that
/// are finite, choices that exist, names of one line, and image paths that stay below their folder. Thread-safe: nothing is kept.
/// </summary>
internal static class DetectorDocumentRules
{
    /// <summary>What is wrong with a header, in words that follow "it", or null.</summary>
    public static string? FindFault(DetectorDocument document) =>
        HasGap(document) ? "has a gap in one of its lists"
        : !HasPlainNames(document) ? "holds a name that is empty, too long or not of one line"
        : document.Fit.Images.Any(LeavesItsFolder) ? "names a training image outside of its folder"
        : !HasFiniteNumbers(document) ? "holds a threshold or a score that is not a number"
        : !HasKnownChoices(document) ? "asks for something that this program does not know"
        : document.Fit.Patches < 1 || document.Fit.Images.Count < 1 ? "was fitted on nothing"
        : null;

    private static bool HasGap(DetectorDocument document) =>
        document.Backbone.Taps.Any(tap => tap is null)
        || document.Fit.Images.Any(image => image is null)
        || document.Banks.Any(bank => bank is null)
        || document.Sections.Any(section => section is null)
        || document.Backbone.Manifest is { } manifest && (manifest.Taps.Any(tap => tap is null) || manifest.DefaultTaps.Any(tap => tap is null));

    private static bool HasPlainNames(DetectorDocument document)
    {
        BackboneManifest? manifest = document.Backbone.Manifest;
        IEnumerable<string?> names =
        [
            document.Engine, document.Backbone.Name, document.Backbone.Sha256, document.Fit.Preset, document.Fit.Device,
            document.Thresholds.Image.Method, document.Thresholds.Pixel.Method,
            .. document.Backbone.Taps, .. document.Sections.Select(section => section.Name),
            .. manifest is null ? [] : (IEnumerable<string?>)[manifest.Name, manifest.Version, manifest.License, manifest.Origin, .. manifest.DefaultTaps],
        ];
        return names.All(PlainText.IsName)
            && PlainText.IsLine(document.Thresholds.Image.Note ?? "")
            && PlainText.IsLine(document.Thresholds.Pixel.Note ?? "");
    }

    /// <summary>Paths are joined to a folder of the user's for reports: none may lead out of it, on any system.</summary>
    private static bool LeavesItsFolder(string path) =>
        path.Length == 0
        || path[0] == '/'
        || path.Contains('\0')
        || path.Split('/').Contains("..")
        || (OperatingSystem.IsWindows() && (Path.IsPathRooted(path) || path.Contains(':') || path.Split('\\').Contains("..")));

    private static bool HasFiniteNumbers(DetectorDocument document)
    {
        DetectorThresholds thresholds = document.Thresholds;
        return double.IsFinite(thresholds.Image.Value)
            && double.IsFinite(thresholds.Pixel.Value)
            && thresholds.ImageScores.All(double.IsFinite)
            && thresholds.PixelPeaks.All(double.IsFinite);
    }

    private static bool HasKnownChoices(DetectorDocument document) =>
        Enum.IsDefined(document.Patches.Pooling)
        && Enum.IsDefined(document.Scoring.Metric)
        && Enum.IsDefined(document.Scoring.ImageScore)
        && Enum.IsDefined(document.Map.Upsampling)
        && Enum.IsDefined(document.Map.BlurBorder)
        && Enum.IsDefined(document.Thresholds.Options.Method)
        && Enum.IsDefined(document.Fit.CoresetMethod)
        && Enum.IsDefined(document.Fit.Calibration);
}
