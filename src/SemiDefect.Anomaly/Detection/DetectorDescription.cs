using System.Text.Json;
using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Naming;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Tuning;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly;

/// <summary>
/// What a detector is made of and how it was fitted, without its vectors. Immutable and thread-safe.
/// </summary>
public sealed class DetectorDescription
{
    private readonly DetectorDocument _document;

    internal DetectorDescription(DetectorDocument document)
    {
        _document = document;
        Lanes = [.. Enumerable.Range(0, document.Lanes.Count).Select(lane => new LaneDescription(document, lane))];
        Steps = [.. document.Fit.Steps.Select(step => (step.Kind, step.Images, step.Rows))];
        GoldenSizes =
        [
            .. document.Golden.Where(golden => golden is { OriginalWidth: > 0, OriginalHeight: > 0 })
                .Select(golden => (golden.OriginalWidth, golden.OriginalHeight))
                .Distinct(),
        ];
        Scales = [.. document.Fusion.Scales.Select(scale => (scale.Center, scale.Spread))];
    }

    /// <summary>The version of the engine that wrote the detector.</summary>
    public string Engine => _document.Engine;

    /// <summary>The networks and views, at least one; each scores images by one memory bank or one per fold.</summary>
    public IReadOnlyList<LaneDescription> Lanes { get; }

    /// <summary>How many of the 16 bits of a sample are used, 8 to 15; null for all.</summary>
    public int? BitDepth => _document.Reading?.BitDepth;

    /// <summary>Which samples of deep pictures become black and white.</summary>
    public IntensityRange Intensity => _document.Reading?.Range ?? IntensityRange.Full;

    /// <summary>The page of files with several pages, 2 or more; null for the first.</summary>
    public int? Page => _document.Reading?.Page;

    /// <summary>How the scores of several memory banks are combined.</summary>
    public FusionRule Fusion => _document.Fusion.Rule;

    /// <summary>
    /// The median and the spread of each lane's out-of-fold scores, which bring them to a common scale; empty with one
    /// lane.
    /// </summary>
    public IReadOnlyList<(double Center, double Spread)> Scales { get; }

    /// <summary>The thresholds, and the scores behind them.</summary>
    public DetectorThresholds Thresholds => _document.Thresholds;

    /// <summary>The preset on which the options were based.</summary>
    public string Preset => _document.Fit.Preset;

    /// <summary>The good images, as '/'-separated paths relative to their folder, in order.</summary>
    public IReadOnlyList<string> Images => _document.Fit.Images;

    /// <summary>
    /// The fits, updates and merges that added the images, with the number of images added and of patches in the memory
    /// banks afterwards, in order; empty in older files, which means a single fit.
    /// </summary>
    public IReadOnlyList<(string Kind, int Images, int Rows)> Steps { get; }

    /// <summary>The images that the fit left out because of <see cref="FitOptions.Contamination"/>.</summary>
    public IReadOnlyList<string> LeftOut => _document.Fit.LeftOut ?? [];

    /// <summary>The number of patches of all good images.</summary>
    public int Patches => _document.Fit.Patches;

    /// <summary>The number of patches in all memory banks.</summary>
    public int BankRows => _document.Branches.Sum(branch => branch.Bank.Rows);

    /// <summary>
    /// The largest Euclidean distance of any good patch to the memory bank; with a bank per fold, of any patch outside
    /// the fold. Null in older files.
    /// </summary>
    public double? CoveringRadius => _document.Fit.CoveringRadius;

    /// <summary>
    /// The number of pieces in which the features were reduced; null if the bank was selected from all of them at once.
    /// </summary>
    public int? Pieces => _document.Fit.Pieces;

    /// <summary>How good images were scored for the thresholds.</summary>
    public CalibrationMethod Calibration => _document.Fit.Calibration;

    /// <summary>The requested number of folds.</summary>
    public int Folds => _document.Fit.Folds;

    /// <summary>The seed of the folds and of all other random choices.</summary>
    public ulong Seed => _document.Fit.Seed;

    /// <summary>The number of good images kept to be replayed on other machines.</summary>
    public int GoldenImages => _document.Golden.Count;

    /// <summary>
    /// The widths and heights in pixels of the good images kept to be replayed, each size once: a sample of the sizes
    /// learned from. Empty if no images are kept, and in older files.
    /// </summary>
    public IReadOnlyList<(int Width, int Height)> GoldenSizes { get; }

    /// <summary>What a tuning tried and chose before the fit; null without one.</summary>
    public TuningRecord? Tuning => _document.Tuning;

    /// <summary>Defects planted in good images at the fit (<see cref="FitOptions.Planter"/>), by image.</summary>
    public IReadOnlyList<PlantedDefect> Planted => _document.Planted?.Defects ?? [];

    /// <summary>The names of defects that it was taught; null without any.</summary>
    public DefectNames? Names => _document.Names is { } names ? new DefectNames(names) : null;

    /// <summary>
    /// All options and records as a JSON object, without the license notices of the networks and without the tables of
    /// a tuning, of planted defects and of names.
    /// </summary>
    public string ToJson()
    {
        LaneRecord[] lanes =
        [
            .. _document.Lanes.Select(lane => lane.Backbone.Manifest is { } manifest
                ? lane with { Backbone = lane.Backbone with { Manifest = manifest with { Notice = null } } }
                : lane),
        ];
        return JsonSerializer.Serialize(
            _document with { Lanes = lanes, Sections = [], Tuning = null, Planted = null, Names = null },
            DetectorJson.Default.DetectorDocument);
    }
}

/// <summary>A network, the views that it sees, and their memory banks. Immutable and thread-safe.</summary>
public sealed class LaneDescription
{
    private readonly LaneRecord _lane;

    internal LaneDescription(DetectorDocument document, int lane)
    {
        BranchRecord[] branches = [.. document.Branches.Where(branch => branch.Lane == lane)];
        _lane = document.Lanes[lane];
        Smoothing = branches[0].Scoring.Smoothing;
        BankRows = [.. branches.Select(branch => branch.Bank.Rows)];
        Dimension = branches[0].Bank.Columns;
        Patches = branches[0].Bank.Patches;
        CoveringRadius = branches[0].Bank.CoveringRadius;
    }

    /// <summary>The name of the network or of the custom encoder.</summary>
    public string Backbone => _lane.Backbone.Name;

    /// <summary>SHA-256 of the .onnx file, hexadecimal; for a custom encoder, its identity.</summary>
    public string Sha256 => _lane.Backbone.Sha256;

    /// <summary>The outputs of the network in use, in order; empty for a custom encoder.</summary>
    public IReadOnlyList<string> Taps => _lane.Backbone.Taps;

    /// <summary>The license of the network; null if not known.</summary>
    public string? License => _lane.Backbone.Manifest?.License;

    /// <summary>Whether the detector file contains the network.</summary>
    public bool IsIncluded => _lane.Backbone.Included;

    /// <summary>How images are turned into the network's input.</summary>
    public ViewPlan Views => _lane.Views;

    /// <summary>The standard deviation, in patches, of the smoothing of patch scores; 0 for none.</summary>
    public double Smoothing { get; }

    /// <summary>How the patches are projected (<see cref="FitOptions.Projection"/>); null if they are not.</summary>
    public ProjectionDescription? Projection => _lane.Projection is { } projection
        ? new ProjectionDescription(
            projection.Kind, projection.Inputs, projection.Outputs, projection.Steps, projection.Shrinkage)
        : null;

    /// <summary>
    /// The shrinkage of the whitening that weighs deviations (<see cref="FitOptions.Whitening"/>); null without one.
    /// </summary>
    public double? Shrinkage => _lane.Whitening?.Shrinkage;

    /// <summary>
    /// Whether the whitened distance alone is the score of a patch, in place of its geometric mean with the distance.
    /// </summary>
    public bool IsWhitenedAlone => _lane.Whitening?.Score == DeviationScore.Whitened;

    /// <summary>The number of patches in the memory bank, or in the bank of each fold.</summary>
    public IReadOnlyList<int> BankRows { get; }

    /// <summary>Values per patch.</summary>
    public int Dimension { get; }

    /// <summary>The number of patches of good images that the banks were selected from.</summary>
    public int Patches { get; }

    /// <summary>
    /// The largest Euclidean distance of any good patch to the memory bank; with a bank per fold, of any patch outside
    /// the fold. Null if not known.
    /// </summary>
    public double? CoveringRadius { get; }
}
