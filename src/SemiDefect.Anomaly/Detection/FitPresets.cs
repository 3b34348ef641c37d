using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly;

/// <summary>Named sets of options. Immutable and thread-safe.</summary>
public static class FitPresets
{
    /// <summary>The name of the default preset.</summary>
    public const string Default = "default";

    /// <summary>
    /// The name of the preset for little time: one network at one size of 256 x 256 pixels, the default of version 1.
    /// </summary>
    public const string Fast = "fast";

    private const int ProjectionDimension = 128;

    // The published systems know normal and abnormal only.
    private static ThresholdOptions TwoAnswers => new() { CheckRate = 0 };

    /// <summary>The names, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Default, Fast, "seed", "paper", "amazon", "anomalib"];

    /// <summary>The options of a preset.</summary>
    /// <exception cref="SemiDefectException">There is no such preset.</exception>
    public static FitOptions Create(string name) => name switch
    {
        Default => new FitOptions(),
        Fast => OneSize() with { Preset = Fast },
        "seed" => Seed(),
        "paper" => Paper(),
        "amazon" => Amazon(),
        "anomalib" => Anomalib(),
        _ => throw new SemiDefectException($"There is no preset '{name}': choose one of {string.Join(", ", Names)}."),
    };

    // What the published methods have in common: one size, good images as they are, no smoothing of patch scores.
    private static FitOptions OneSize() => new()
    {
        Resize = ResizeKind.Squash,
        ResizeSize = 256,
        Turns = 0,
        Whitening = false,
        Coreset = new CoresetOptions(fraction: 0.1),
        Scoring = new ScoringOptions(),
    };

    // The winning contest entry: one tap, five neighbors, a bank per fold, the highest score over the folds.
    private static FitOptions Seed() => OneSize() with
    {
        Preset = "seed",
        PreferredBackbone = "wide_resnet101_2",
        PreferredTaps = ["layer3"],
        Resize = ResizeKind.ShorterSide,
        ResizeSize = 224,
        Crop = 224,
        Patches = new PatchOptions { Pooling = PatchPooling.AdaptiveMean },
        Scoring = new ScoringOptions { Neighbors = 5, Metric = DistanceMetric.SquaredEuclidean },
        FoldBanks = true,
        Threshold = new ThresholdOptions { Method = ThresholdMethod.FoldMaxima, CheckRate = 0 },
        BatchSize = 32,
    };

    // The equations of the paper; its published code (amazon's) scores without re-weighting.
    private static FitOptions Paper() => Amazon() with
    {
        Preset = "paper",
        Scoring = new ScoringOptions { ImageScore = ImageScoreRule.Reweighted },
    };

    private static FitOptions Amazon() => OneSize() with
    {
        Preset = "amazon",
        PreferredBackbone = "wide_resnet50_2",
        PreferredTaps = ["layer2", "layer3"],
        Resize = ResizeKind.ShorterSide,
        ResizeSize = 256,
        Crop = 224,
        Patches = new PatchOptions { Pooling = PatchPooling.AdaptiveMean },
        Coreset = new CoresetOptions(
            fraction: 0.1, method: CoresetMethod.Approximate, projectionDimension: ProjectionDimension),
        Scoring = new ScoringOptions { Metric = DistanceMetric.SquaredEuclidean },
        Threshold = TwoAnswers,
    };

    // Pillow's resampling replaces anomalib's float version, and the exact coreset its sparse projection.
    private static FitOptions Anomalib() => OneSize() with
    {
        Preset = "anomalib",
        PreferredBackbone = "wide_resnet50_2",
        PreferredTaps = ["layer2", "layer3"],
        Resize = ResizeKind.Squash,
        ResizeSize = 256,
        Scoring = new ScoringOptions { ImageScore = ImageScoreRule.Reweighted },
        Map = new AnomalyMapOptions { Upsampling = MapUpsampling.Nearest, BlurBorder = BlurBorder.WholeSample },
        Threshold = TwoAnswers,
    };
}
