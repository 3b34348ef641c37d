using Microsoft.Extensions.Logging;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// Everything that the engine logs, one line each. The ids are apart from those of the server, which logs to the same
/// logger. Stateless.
/// </summary>
internal static partial class EngineLog
{
    [LoggerMessage(
        101,
        LogLevel.Warning,
        "The preset '{Preset}' is meant for the backbone '{Preferred}', which is not in your backbone folder "
            + "('semidefect backbone pull {Preferred}' gets it); '{Backbone}' is used.")]
    public static partial void PreferredBackboneMissing(
        this ILogger logger, string preset, string preferred, string backbone);

    [LoggerMessage(
        102,
        LogLevel.Warning,
        "The backbone '{Backbone}' does not have the taps of the preset '{Preset}' ({Taps}); its own default taps are "
            + "used.")]
    public static partial void PreferredTapsMissing(this ILogger logger, string backbone, string preset, string taps);

    [LoggerMessage(103, LogLevel.Warning, "CUDA cannot be used here ({Reason}); going on with the CPU.")]
    public static partial void CudaUnusable(this ILogger logger, string reason);

    [LoggerMessage(104, LogLevel.Warning, "The memory does not hold {Count} images at once; going on with fewer.")]
    public static partial void BatchShrunk(this ILogger logger, int count);

    [LoggerMessage(
        105,
        LogLevel.Information,
        "{Known} of {Total} images are in the detector already and are passed over, '{First}' first.")]
    public static partial void ImagesKnown(this ILogger logger, int known, int total, string first);

    [LoggerMessage(
        106,
        LogLevel.Warning,
        "{Several} of {Total} images have several pages, '{First}' first; only the first page of each is used (--page "
            + "chooses another one, or all).")]
    public static partial void PagesLeftOut(this ILogger logger, int several, int total, string first);

    [LoggerMessage(
        120,
        LogLevel.Warning,
        "The good images use {Levels} of the 65536 levels that their DICOM files hold, so that few shades are left; "
            + "--window-percentiles 0.5:99.5 or --window LOW:HIGH spreads them.")]
    public static partial void FewLevels(this ILogger logger, int levels);

    [LoggerMessage(
        107,
        LogLevel.Warning,
        "The crop leaves out {Share} % of an image of {Width} x {Height} pixels: only {SeenWidth} x {SeenHeight} "
            + "pixels at ({Left}, {Top}) are inspected, and no defect outside is ever found (--crop none inspects "
            + "all).")]
    public static partial void CropLeavesOut(
        this ILogger logger, int share, int width, int height, int seenWidth, int seenHeight, int left, int top);

    [LoggerMessage(
        108,
        LogLevel.Warning,
        "{Several} of {Total} good images score far above the others: {Names}. If they show defects, the thresholds "
            + "are too high: leave these images out (--contamination 0.05 leaves out up to 5 %).")]
    public static partial void SuspiciousImages(this ILogger logger, int several, int total, string names);

    [LoggerMessage(
        109,
        LogLevel.Warning,
        "What was tried with planted defects belongs to one of the two detectors and is left out; fit on all images to "
            + "have it again.")]
    public static partial void TrialsLeftOut(this ILogger logger);

    [LoggerMessage(
        110,
        LogLevel.Warning,
        "The detector keeps no whole good image to paste labeled defects into, and only the defects themselves are "
            + "learned; give good images to learn views of them as well (--good).")]
    public static partial void NoBackgrounds(this ILogger logger);

    [LoggerMessage(
        111,
        LogLevel.Warning,
        "The names of defects belong to one of the two detectors and are left out; teach the merged one.")]
    public static partial void NamesLeftOut(this ILogger logger);
}
