using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Tuning;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>The complete description of a detector, without its vectors. Immutable and thread-safe.</summary>
internal sealed record DetectorDocument
{
    /// <summary>The version of this engine.</summary>
    public static string ThisEngine => typeof(AnomalyDetector).Assembly.GetName().Version!.ToString(3);

    /// <summary>The version of the engine that wrote it.</summary>
    public required string Engine { get; init; }

    /// <summary>How images are turned into patches; at least one lane.</summary>
    public required IReadOnlyList<LaneRecord> Lanes { get; init; }

    /// <summary>How image files are read; null for the first page with all bits of each sample.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReadingRecord? Reading { get; init; }

    /// <summary>How patches are scored; at least one branch; branches of the same lane are adjacent.</summary>
    public required IReadOnlyList<BranchRecord> Branches { get; init; }

    /// <summary>How the branches are combined into one score and one map.</summary>
    public required ScoreFusion Fusion { get; init; }

    /// <summary>The thresholds.</summary>
    public required DetectorThresholds Thresholds { get; init; }

    /// <summary>How it was fitted.</summary>
    public required FitRecord Fit { get; init; }

    /// <summary>What a tuning tried and chose; null without one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TuningRecord? Tuning { get; init; }

    /// <summary>Defects planted at the fit, and their scores; null without any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlantedRecord? Planted { get; init; }

    /// <summary>The names of defects that it was taught; null without any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NamesRecord? Names { get; init; }

    /// <summary>
    /// The good images stored to be replayed on other machines; empty in older files.
    /// </summary>
    [JsonInclude]
    internal IReadOnlyList<GoldenRecord> Golden
    {
        get;

        // The deserializer sets missing properties to null.
        init => field = value ?? [];
    } = [];

    /// <summary>The positions of the binary data.</summary>
    [JsonInclude]
    internal IReadOnlyList<SectionRecord> Sections
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>The number of good images kept to be replayed on other machines.</summary>
    [JsonIgnore]
    public int GoldenImages => Golden.Count;

    /// <summary>The network of the first lane.</summary>
    [JsonIgnore]
    public BackboneRecord Backbone => Lanes[0].Backbone;

    /// <summary>How images are turned into the input of the first lane's network.</summary>
    [JsonIgnore]
    public PreprocessingOptions Preprocessing => Lanes[0].Views.Preprocessing;

    /// <summary>How the patches of the first lane are computed.</summary>
    [JsonIgnore]
    public PatchOptions Patches => Lanes[0].Patches;

    /// <summary>How the distances of the first branch are turned into scores.</summary>
    [JsonIgnore]
    public ScoringOptions Scoring => Branches[0].Scoring;

    /// <summary>How the maps of the first branch are computed.</summary>
    [JsonIgnore]
    public AnomalyMapOptions Map => Branches[0].Map;

    /// <summary>The memory banks, one per branch.</summary>
    [JsonIgnore]
    public IReadOnlyList<BankRecord> Banks => [.. Branches.Select(branch => branch.Bank)];

    /// <summary>Whether the branches are banks of folds over the same patches.</summary>
    [JsonIgnore]
    public bool HasFoldBanks => Branches.Count > Lanes.Count;

    /// <summary>The score of each good image by what was not fitted on it.</summary>
    [JsonIgnore]
    public IReadOnlyList<double> OutOfFoldScores =>
        HasFoldBanks ? Thresholds.FoldImageScores : Thresholds.ImageScores;
}

/// <summary>How images are turned into patches, for all branches of the lane. Immutable and thread-safe.</summary>
/// <param name="Backbone">The network.</param>
/// <param name="Views">The views of an image.</param>
/// <param name="Patches">How the network's maps are pooled into patch vectors.</param>
internal sealed record LaneRecord(BackboneRecord Backbone, ViewPlan Views, PatchOptions Patches)
{
    /// <summary>How patches are projected; null if they are not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ProjectionRecord? Projection { get; init; }

    /// <summary>How deviations of patches are weighted; null if they are not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WhiteningRecord? Whitening { get; init; }
}

/// <summary>The encoder of a lane. Immutable and thread-safe.</summary>
internal sealed record BackboneRecord
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// SHA-256 of the .onnx file, hexadecimal; for a custom encoder, its <see cref="EncoderInfo.Identity"/>.
    /// </summary>
    public required string Sha256 { get; init; }

    /// <summary>The outputs in use, in order; empty for a custom encoder.</summary>
    public required IReadOnlyList<string> Taps { get; init; }

    /// <summary>Whether the detector file contains the network.</summary>
    public required bool Included { get; init; }

    /// <summary>Its manifest.</summary>
    public BackboneManifest? Manifest { get; init; }

    /// <summary>Whether it is a custom encoder, which must be supplied to open the file.</summary>
    public bool IsCustom { get; init; }
}

/// <summary>How patches are scored. Immutable and thread-safe.</summary>
/// <param name="Lane">The index of the lane that provides the patches.</param>
/// <param name="Scoring">How distances are turned into scores.</param>
/// <param name="Map">How maps are computed.</param>
/// <param name="Bank">The memory bank.</param>
internal sealed record BranchRecord(int Lane, ScoringOptions Scoring, AnomalyMapOptions Map, BankRecord Bank);

/// <summary>The size of a memory bank. Immutable and thread-safe.</summary>
/// <param name="Rows">The number of patches.</param>
/// <param name="Columns">Values per patch.</param>
internal sealed record BankRecord(int Rows, int Columns)
{
    /// <summary>The number of patches that it was selected from.</summary>
    public int Patches { get; init; }

    /// <summary>The largest Euclidean distance of any good patch to the bank; null if not known.</summary>
    public double? CoveringRadius { get; init; }
}

/// <summary>How a detector was fitted. For information only; not needed for inspection.</summary>
internal sealed record FitRecord
{
    /// <summary>The preset on which the options were based.</summary>
    public required string Preset { get; init; }

    /// <summary>The good images, as '/'-separated paths relative to their folder, in order.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>
    /// SHA-256 of the decoded pixels of each good image (see <see cref="Imaging.Image.Sha256()"/>), hexadecimal, in the
    /// order of <see cref="Images"/>; empty in older files.
    /// </summary>
    public IReadOnlyList<string> ImageHashes
    {
        get;

        // The deserializer sets missing properties to null.
        init => field = value ?? [];
    } = [];

    /// <summary>The images that were left out as contamination, by name; null where none was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? LeftOut { get; init; }

    /// <summary>
    /// The fit, updates and merges that added the images, in order; empty in older files, which means a single fit.
    /// </summary>
    public IReadOnlyList<FitStep> Steps
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>The number of patches of all good images.</summary>
    public required int Patches { get; init; }

    /// <summary>How the memory bank was selected.</summary>
    public required CoresetMethod CoresetMethod { get; init; }

    /// <summary>The requested share of patches, or null.</summary>
    public double? CoresetFraction { get; init; }

    /// <summary>The most patches that the share may come to in a memory bank; null for no limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? CoresetMaximum { get; init; }

    /// <summary>The requested number of patches, or null.</summary>
    public int? CoresetCount { get; init; }

    /// <summary>The requested covering radius, or null.</summary>
    public double? CoresetRadius { get; init; }

    /// <summary>The number of dimensions of the random projection used for selection; null for none.</summary>
    public int? ProjectionDimension { get; init; }

    /// <summary>
    /// The largest Euclidean distance of any good patch to the memory bank; with a bank per fold, of any patch outside
    /// the fold. Null in older files.
    /// </summary>
    public double? CoveringRadius { get; init; }

    /// <summary>
    /// The number of pieces in which the features were reduced; null if the bank was selected from all of them at once.
    /// </summary>
    public int? Pieces { get; init; }

    /// <summary>How good images were scored for the thresholds.</summary>
    public required CalibrationMethod Calibration { get; init; }

    /// <summary>The requested number of folds.</summary>
    public required int Folds { get; init; }

    /// <summary>The seed of the folds and of all other random choices.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The device of the backbone: cpu or cuda.</summary>
    public required string Device { get; init; }
}

/// <summary>One step of the training of a detector. Immutable and thread-safe.</summary>
/// <param name="Kind">fit, update or merge.</param>
/// <param name="Images">The number of images added; they follow those of the previous steps.</param>
/// <param name="Rows">The number of patches in the memory banks afterwards.</param>
internal sealed record FitStep(string Kind, int Images, int Rows)
{
    internal const string Fit = "fit";
    internal const string Update = "update";
    internal const string Merge = "merge";
}

/// <summary>
/// How the good images were read, and new ones have to be. Stored only where it is not the usual way, so that other
/// detectors stay the same bytes. Immutable and thread-safe.
/// </summary>
internal sealed record ReadingRecord
{
    /// <summary>How many of the 16 bits of a sample are used, 8 to 15; null for all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BitDepth { get; init; }

    /// <summary>The page of files with several pages, 2 or more; null for the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Page { get; init; }

    /// <summary>Which samples of deep pictures become black and white; null for the full range.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IntensityRecord? Intensity { get; init; }

    /// <summary>The same, as images are read by it.</summary>
    [JsonIgnore]
    internal IntensityRange Range => Intensity?.ToRange() ?? IntensityRange.Full;

    /// <summary>Whether the values are possible.</summary>
    internal bool IsValid => BitDepth is null or (>= ImageReading.LeastBitDepth and < ImageReading.FullBitDepth)
        && (Intensity is null || (Intensity.IsValid && BitDepth is null))
        && Page is null or (>= 2 and <= ImageReading.LargestPage);

    /// <summary>The record of a way to read; null for the usual one.</summary>
    internal static ReadingRecord? Of(ImageReading reading)
    {
        int? bitDepth = reading.BitDepth == ImageReading.FullBitDepth ? null : reading.BitDepth;
        int? page = reading.Page == 1 ? null : reading.Page;
        var intensity = IntensityRecord.Of(reading.Intensity);
        return bitDepth is null && page is null && intensity is null
            ? null
            : new ReadingRecord { BitDepth = bitDepth, Page = page, Intensity = intensity };
    }
}
