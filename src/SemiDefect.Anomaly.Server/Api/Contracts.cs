using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Server.Api;

// Requests and responses of the API. In v1, fields are added but never renamed or removed.

internal sealed record ProblemJson(string Type, string Title, int Status, string Detail);

internal sealed record InspectionJson(
    long Id,
    DateTimeOffset Time,
    string Model,
    string ModelVersion,
    string Name,
    string Sha256,
    int Width,
    int Height,
    string Decision,
    double Score,
    double Threshold,
    double Margin,
    double? PValue,
    double PixelThreshold,
    int RegionCount,
    IReadOnlyList<Region> Regions,
    NearestJson Nearest,
    VerdictJson? Verdict,
    InspectionLinks Links,
    double? CheckThreshold,
    string? Station,
    string? Lot,
    string? Part,
    IReadOnlyList<NoteJson> Notes);

/// <summary>What is to be known about an inspection besides its decision.</summary>
/// <param name="Code">
/// size: a side is more than four times longer or shorter than of the images learned from; shape: the ratio of the
/// sides differs by more than a quarter.
/// </param>
/// <param name="Message">What was noticed and what to do.</param>
/// <param name="LearnedWidth">The width of the most similar image size learned from.</param>
/// <param name="LearnedHeight">Its height.</param>
internal sealed record NoteJson(string Code, string Message, int LearnedWidth, int LearnedHeight);

internal sealed record NearestJson(double X, double Y, double Score, string TrainingImage);

internal sealed record VerdictJson(string Value, string? Note, DateTimeOffset Time);

/// <summary>Relative URLs; null once the picture has been deleted.</summary>
internal sealed record InspectionLinks(string Self, string? Image, string? Heatmap, string? Compare);

internal sealed record InspectManyJson(
    IReadOnlyList<InspectionJson> Inspections,
    IReadOnlyList<UnreadableJson> Unreadable);

internal sealed record UnreadableJson(string Name, string Error);

internal sealed record InspectionPageJson(IReadOnlyList<InspectionJson> Inspections, string? NextCursor);

/// <summary>The number of inspections by decision.</summary>
/// <param name="Total">All of them.</param>
/// <param name="Normal">The normal ones.</param>
/// <param name="Check">Those to check.</param>
/// <param name="Abnormal">The abnormal ones.</param>
/// <param name="LastId">The newest inspection of the server, for the parameter after of the events.</param>
/// <param name="Time">The time of the server.</param>
internal sealed record SummaryJson(
    long Total,
    long Normal,
    long Check,
    long Abnormal,
    long LastId,
    DateTimeOffset Time);

internal sealed record VerdictRequest(string Value, string? Note);

internal sealed record CompareJson(PatchJson Patch, TrainingPatchJson Training);

/// <summary>A square of an image: its center and its side length, in pixels.</summary>
internal sealed record PatchJson(double X, double Y, double Side);

internal sealed record TrainingPatchJson(
    string Name,
    bool Available,
    double? X,
    double? Y,
    double? Side,
    string? Image);

internal sealed record ModelListJson(IReadOnlyList<ModelSummaryJson> Models, IReadOnlyList<DeletedJson> Deleted);

/// <summary>A deleted model, or the cleared training images of one, that can be restored until a time.</summary>
internal sealed record DeletedJson(
    string Kind,
    string Model,
    DateTimeOffset Time,
    DateTimeOffset Until,
    string Actor);

internal sealed record ModelSummaryJson(
    string Name,
    long Bytes,
    DateTimeOffset Written,
    bool Loaded,
    string? Error,
    bool Drift);

/// <summary>How inspections developed. Spans without inspections are left out.</summary>
/// <param name="Model">The model.</param>
/// <param name="From">The beginning of the first span.</param>
/// <param name="To">The end.</param>
/// <param name="Bucket">The length of a span in minutes.</param>
/// <param name="Buckets">The spans, from the oldest.</param>
/// <param name="Abnormal">The share of abnormal inspections; null if there is none.</param>
/// <param name="Good">Quantiles of the good images' out-of-fold scores; null if the detector has none.</param>
/// <param name="Threshold">The threshold of the active version.</param>
/// <param name="CheckThreshold">Its check threshold; null for two answers only.</param>
/// <param name="Changes">The first inspection of each version.</param>
/// <param name="Drift">Whether the scores of good parts have moved.</param>
/// <param name="Turns">In how many turns good images were learned; above 0, parts are not aligned.</param>
internal sealed record StatisticsJson(
    string Model,
    DateTimeOffset From,
    DateTimeOffset To,
    int Bucket,
    IReadOnlyList<BucketJson> Buckets,
    double? Abnormal,
    QuantilesJson? Good,
    double Threshold,
    double? CheckThreshold,
    IReadOnlyList<VersionChangeJson> Changes,
    DriftJson Drift,
    int Turns);

/// <param name="Start">The beginning of the span.</param>
/// <param name="Total">All inspections.</param>
/// <param name="Normal">The normal ones.</param>
/// <param name="Check">Those to check.</param>
/// <param name="Abnormal">The abnormal ones.</param>
/// <param name="Scores">Quantiles of the scores.</param>
/// <param name="Lower">The lower control limit of the share of abnormal inspections (3 sigma).</param>
/// <param name="Upper">The upper control limit.</param>
internal sealed record BucketJson(
    DateTimeOffset Start,
    int Total,
    int Normal,
    int Check,
    int Abnormal,
    QuantilesJson Scores,
    double Lower,
    double Upper);

internal sealed record QuantilesJson(double P5, double P50, double P95);

internal sealed record VersionChangeJson(DateTimeOffset Time, int? Version, double Threshold);

/// <param name="State">steady, drift, or few if fewer than 200 good parts were inspected.</param>
/// <param name="Parts">The number of latest parts.</param>
/// <param name="AgainstGood">How far they rank above the good images, in standard deviations.</param>
/// <param name="AgainstFirst">How far they rank above the first parts of the version.</param>
/// <param name="Median">The median of their scores.</param>
/// <param name="FirstMedian">The median of the first parts.</param>
internal sealed record DriftJson(
    string State,
    int Parts,
    double? AgainstGood,
    double? AgainstFirst,
    double? Median,
    double? FirstMedian);

internal sealed record ModelJson(
    string Name,
    string Engine,
    string Backbone,
    IReadOnlyList<string> Taps,
    string Preset,
    int Images,
    int BankRows,
    int Dimension,
    ThresholdJson Threshold,
    ThresholdJson PixelThreshold,
    double? FalseAlarmRate,
    IReadOnlyList<double> CalibrationScores,
    TrainingSetJson Training,
    bool Loaded,
    string? Error,
    int? Version,
    double RuleRate,
    double? HighestThreshold,
    ThresholdJson? CheckThreshold,
    double CheckRate,
    double RuleCheckRate);

internal sealed record ThresholdJson(double Value, string Method, string? Note);

internal sealed record ThresholdRequest(
    double? Value,
    double? FalseAlarmRate,
    double? PixelValue,
    bool? Force,
    bool? Override,
    string? Reason,
    double? CheckRate = null);

internal sealed record ThresholdChangeJson(
    ThresholdJson Before,
    ThresholdJson After,
    ThresholdJson PixelBefore,
    ThresholdJson PixelAfter,
    int Version,
    ThresholdJson? CheckBefore,
    ThresholdJson? CheckAfter);

/// <summary>What operator verdicts suggest about the threshold.</summary>
/// <param name="Good">The number of inspections whose part is good according to its verdict.</param>
/// <param name="Bad">The number of inspections whose part is bad according to its verdict.</param>
/// <param name="HighestGood">The highest score of a good part.</param>
/// <param name="LowestBad">The lowest score of a bad part.</param>
/// <param name="Suggested">The threshold with the best F1 score; null while there are too few verdicts.</param>
/// <param name="F1">The F1 score of the suggested threshold.</param>
/// <param name="F1Now">The F1 score of the current threshold.</param>
/// <param name="FalseAlarms">The number of images marked as false alarms, which an update would add.</param>
internal sealed record AdviceJson(
    int Good,
    int Bad,
    double? HighestGood,
    double? LowestBad,
    double? Suggested,
    double? F1,
    double? F1Now,
    int FalseAlarms);

internal sealed record TrainingSetJson(int Count, long Bytes);


internal sealed record FitRequest(
    string? Preset = null,
    int? Resize = null,
    double? Coreset = null,
    double? FalseAlarmRate = null,
    ulong? Seed = null,
    string? Backbone = null,
    bool? Activate = null,
    string? Reason = null,
    double? CheckRate = null,
    string? Tune = null);

internal sealed record UpdateRequest(IReadOnlyList<long>? Inspections = null);

internal sealed record FitChoicesJson(
    IReadOnlyList<string> Presets,
    IReadOnlyList<string> Backbones,
    string DefaultBackbone);

internal sealed record JobJson(
    long Id,
    string Kind,
    string Model,
    string State,
    string? Stage,
    int Done,
    int Total,
    IReadOnlyList<string> Notices,
    string? Error,
    DateTimeOffset Created,
    DateTimeOffset? Ended,
    string? Actor,
    int? Version,
    bool CanRestart);

internal sealed record JobListJson(IReadOnlyList<JobJson> Jobs);

internal sealed record HealthJson(string Status);
