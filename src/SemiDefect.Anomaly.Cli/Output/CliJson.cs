using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>Serializes the <c>--json</c> output. The snake_case keys are part of the public contract.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(DetectorInfoJson))]
[JsonSerializable(typeof(ScoreJson))]
[JsonSerializable(typeof(TeachJson))]
[JsonSerializable(typeof(BackbonesJson))]
[JsonSerializable(typeof(ThresholdChangeJson))]
[JsonSerializable(typeof(SelectionJson))]
[JsonSerializable(typeof(DetectorFingerprintJson))]
[JsonSerializable(typeof(DatasetFingerprintJson))]
[JsonSerializable(typeof(ReplayJson))]
[JsonSerializable(typeof(SearchTimingJson))]
[JsonSerializable(typeof(CoresetTimingJson))]
[JsonSerializable(typeof(InspectionTimingJson))]
[JsonSerializable(typeof(FleetScoreJson))]
[JsonSerializable(typeof(FleetStatusJson))]
internal sealed partial class CliJson : JsonSerializerContext;

internal sealed record DetectorInfoJson(
    int Schema,
    string Model,
    string Engine,
    string Preset,
    int Images,
    int Patches,
    ulong Seed,
    int Folds,
    BackboneJsonRecord Backbone,
    IReadOnlyList<BankJson> Banks,
    double? CoveringRadius,
    int? Pieces,
    ThresholdJson Threshold,
    ThresholdJson PixelThreshold,
    double FalseAlarmRate,
    string Fingerprint,
    FingerprintPartsJson FingerprintParts,
    int GoldenImages,
    IReadOnlyList<StepJson> Steps,
    IReadOnlyList<LaneJson> Lanes,
    FusionJson? Fusion)
{
    /// <summary>The threshold above which images are to be checked; null for two answers.</summary>
    public ThresholdJson? CheckThreshold { get; init; }

    /// <summary>The share of good images that may be checked or called abnormal; 0 for two answers.</summary>
    public double CheckRate { get; init; }

    /// <summary>How many of 16 bits per sample are used; only where it is not all of them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BitDepth { get; init; }

    /// <summary>Which samples become black and white; only where it is not the full range.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IntensityJson? Intensity { get; init; }

    /// <summary>The page of each file; only where it is not the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Page { get; init; }

    /// <summary>The images left out as contamination; only where there are any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? LeftOut { get; init; }

    /// <summary>What a tuning chose; only after a fit with one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TuningJson? Tuning { get; init; }

    /// <summary>The planted defects; only after a fit with some.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlantedJson? Planted { get; init; }

    /// <summary>What 8-bit numbers find of the planted defects; only after a fit with them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PrecisionJson? Precision { get; init; }

    /// <summary>The names of defects; only where the detector was taught some.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NamesJson? Names { get; init; }
}

internal sealed record LaneJson(
    BackboneJsonRecord Backbone, ViewsJson Views, IReadOnlyList<LaneBankJson> Banks, double Smoothing)
{
    /// <summary>The shrinkage of the whitening; only with one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Whitening { get; init; }

    /// <summary>Whether the whitened distance alone is the score of a patch; only with a whitening.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? WhitenedAlone { get; init; }

    /// <summary>The projection of the patches; only with one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ProjectionJson? Projection { get; init; }
}

internal sealed record ProjectionJson(string Kind, int Inputs, int Outputs, int? Steps, double? Shrinkage);

internal sealed record ViewsJson(
    string Resize, int Size, int? Crop, int Tile, int TileOverlap, int Turns, bool Flips, RegionOfInterestJson? Region)
{
    /// <summary>Factors of brightness at which good images are learned as well.</summary>
    public IReadOnlyList<double> Brightness { get; init; } = [];
}

internal sealed record RegionOfInterestJson(int Left, int Top, int Width, int Height, bool HasMask);

internal sealed record LaneBankJson(int Rows, int Columns, int Patches, double? CoveringRadius);

internal sealed record FusionJson(string Rule, IReadOnlyList<ScaleJson> Scales);

internal sealed record ScaleJson(double Center, double Spread);

internal sealed record StepJson(string Kind, int Images, int Rows);

internal sealed record BackboneJsonRecord(
    string Name,
    string Sha256,
    IReadOnlyList<string> Taps,
    string? License,
    bool Included);

internal sealed record BankJson(int Rows, int Columns);

internal sealed record ThresholdJson(double Value, string Method, string? Note);

internal sealed record ThresholdChangeJson(int Schema, string Model, ThresholdPairJson Before, ThresholdPairJson After)
{
    /// <summary>The planted defects; only where the detector has some.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlantedJson? Planted { get; init; }
}

internal sealed record ThresholdPairJson(
    ThresholdJson Threshold,
    ThresholdJson? CheckThreshold,
    ThresholdJson PixelThreshold,
    double? FalseAlarmRate,
    double CheckRate);

internal sealed record ScoreJson(
    int Schema,
    string Model,
    string Fingerprint,
    double Threshold,
    double PixelThreshold,
    double? CheckThreshold,
    int Normal,
    int Check,
    int Abnormal,
    IReadOnlyList<ImageJson> Images,
    IReadOnlyList<UnreadableJson> Unreadable);

internal sealed record ImageJson(
    string Path,
    double Score,
    double Margin,
    double? PValue,
    string Decision,
    IReadOnlyList<RegionJson> Regions,
    NearestJson Nearest);

internal sealed record RegionJson(
    int X,
    int Y,
    int Width,
    int Height,
    int Area,
    float Peak,
    int PeakX,
    int PeakY,
    double CentroidX,
    double CentroidY)
{
    /// <summary>What it is called; only where the detector was taught names.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RegionTypeJson? Type { get; init; }
}

internal sealed record NearestJson(double X, double Y, string TrainingImage);

internal sealed record UnreadableJson(string Path, string Error);

internal sealed record BackbonesJson(int Schema, IReadOnlyList<BackboneListingJson> Backbones);

internal sealed record BackboneListingJson(
    string Name,
    bool Default,
    string License,
    string Origin,
    long Bytes,
    string Sha256,
    IReadOnlyList<string> Taps,
    long MultiplyAdds224);

internal sealed record SearchTimingJson(
    int Schema,
    IReadOnlyList<int> Bank,
    int Queries,
    int K,
    [property: JsonPropertyName("median_s")] double MedianSeconds,
    [property: JsonPropertyName("best_s")] double BestSeconds,
    [property: JsonPropertyName("index_s")] double IndexSeconds,
    int Runs,
    double SumOfNearest);

internal sealed record CoresetTimingJson(
    int Schema,
    IReadOnlyList<int> Features,
    [property: JsonPropertyName("median_s")] double MedianSeconds,
    [property: JsonPropertyName("best_s")] double BestSeconds,
    int Picks,
    double CoveringRadius,
    IReadOnlyList<int> FirstIndices);

internal sealed record FitTimingJson(int Images, int Patches, int BankRows, double Seconds, double ThresholdsSeconds);

internal sealed record InspectionTimingJson(
    int Schema,
    FitTimingJson? Fit,
    int Images,
    double ImagesPerSecond,
    int Singles,
    [property: JsonPropertyName("latency_p50_s")] double LatencyP50,
    [property: JsonPropertyName("latency_p95_s")] double LatencyP95,
    [property: JsonPropertyName("latency_p99_s")] double LatencyP99,
    [property: JsonPropertyName("stages_s")] IReadOnlyDictionary<string, double> Stages,
    long PeakBytes);
