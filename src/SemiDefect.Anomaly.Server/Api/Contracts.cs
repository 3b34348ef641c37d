namespace SemiDefect.Anomaly.Server.Api;

// Requests and responses of the API. In v1, fields are added but never renamed or removed.

/// <summary>What was wrong with a request (RFC 9457).</summary>
/// <param name="Type">urn:semidefect: and the kind of the problem.</param>
/// <param name="Title">The meaning of the status.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What was wrong, and what to do; in Korean if the request asks for it.</param>
internal sealed record ProblemJson(string Type, string Title, int Status, string Detail);

/// <summary>The models, by name.</summary>
/// <param name="Models">The models.</param>
/// <param name="Deleted">What was deleted and can be restored.</param>
internal sealed record ModelListJson(IReadOnlyList<ModelSummaryJson> Models, IReadOnlyList<DeletedJson> Deleted);

/// <summary>A deleted model, or the cleared training images of one, that can be restored until a time.</summary>
/// <param name="Kind">What was deleted.</param>
/// <param name="Model">The model.</param>
/// <param name="Time">When.</param>
/// <param name="Until">Until when it can be restored.</param>
/// <param name="Actor">Who deleted it.</param>
internal sealed record DeletedJson(
    string Kind,
    string Model,
    DateTimeOffset Time,
    DateTimeOffset Until,
    string Actor);

/// <summary>A model in the list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">The length of its detector file.</param>
/// <param name="Written">When the file was written.</param>
/// <param name="Loaded">Whether it is in memory.</param>
/// <param name="Error">Why it cannot be used; null if it can.</param>
/// <param name="Drift">Whether the scores of good parts have moved.</param>
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

/// <summary>Quantiles of scores.</summary>
/// <param name="P5">5 %.</param>
/// <param name="P50">The median.</param>
/// <param name="P95">95 %.</param>
internal sealed record QuantilesJson(double P5, double P50, double P95);

/// <summary>The first inspection of a version.</summary>
/// <param name="Time">When it was made.</param>
/// <param name="Version">The number of the version; null if it is not known.</param>
/// <param name="Threshold">Its image threshold.</param>
internal sealed record VersionChangeJson(DateTimeOffset Time, int? Version, double Threshold);

/// <summary>A model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Engine">The program that has fitted it.</param>
/// <param name="Backbone">The networks.</param>
/// <param name="Taps">Their outputs in use.</param>
/// <param name="Preset">The preset of the fit.</param>
/// <param name="Images">The number of images learned from.</param>
/// <param name="BankRows">The number of patches in the memory banks.</param>
/// <param name="Dimension">The length of a patch vector.</param>
/// <param name="Threshold">The image threshold.</param>
/// <param name="PixelThreshold">The pixel threshold.</param>
/// <param name="FalseAlarmRate">The false-alarm rate of the rule; null without one.</param>
/// <param name="CalibrationScores">The out-of-fold scores of good images, ascending.</param>
/// <param name="Training">The training images on this server.</param>
/// <param name="Loaded">Whether it is in memory.</param>
/// <param name="Error">Why it cannot be used; null if it can.</param>
/// <param name="Version">The number of the active version.</param>
/// <param name="RuleRate">The last false-alarm rate that was in use.</param>
/// <param name="HighestThreshold">The highest threshold that is set without force.</param>
/// <param name="CheckThreshold">The check threshold; null for two answers only.</param>
/// <param name="CheckRate">The check rate; 0 for two answers only.</param>
/// <param name="RuleCheckRate">The last check rate that was in use.</param>
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

/// <summary>A threshold.</summary>
/// <param name="Value">The threshold.</param>
/// <param name="Method">The rule that gave it.</param>
/// <param name="Note">What to know about it; null for nothing.</param>
internal sealed record ThresholdJson(double Value, string Method, string? Note);

/// <summary>A threshold to set: value or false_alarm_rate, or only check_rate.</summary>
/// <param name="Value">The image threshold.</param>
/// <param name="FalseAlarmRate">The share of good images that may be abnormal, in (0, 1).</param>
/// <param name="PixelValue">The pixel threshold; by default, it follows the rule.</param>
/// <param name="Force">Whether an unusual value is meant.</param>
/// <param name="Override">Whether known defects may be lost; needs a reason.</param>
/// <param name="Reason">Recorded in the audit.</param>
/// <param name="CheckRate">The share of good images that may be to check, in [0, 1); 0 for two answers only.</param>
internal sealed record ThresholdRequest(
    double? Value,
    double? FalseAlarmRate,
    double? PixelValue,
    bool? Force,
    bool? Override,
    string? Reason,
    double? CheckRate = null);

/// <summary>The thresholds before and after a change.</summary>
/// <param name="Before">The image threshold before.</param>
/// <param name="After">The image threshold after.</param>
/// <param name="PixelBefore">The pixel threshold before.</param>
/// <param name="PixelAfter">The pixel threshold after.</param>
/// <param name="Version">The version that was made.</param>
/// <param name="CheckBefore">The check threshold before; null for two answers only.</param>
/// <param name="CheckAfter">The check threshold after; null for two answers only.</param>
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

/// <summary>The training images of a model.</summary>
/// <param name="Count">Their number.</param>
/// <param name="Bytes">Their length in bytes.</param>
internal sealed record TrainingSetJson(int Count, long Bytes);


/// <summary>The options of a fit; what is left out is as in the preset.</summary>
/// <param name="Preset">The preset.</param>
/// <param name="Resize">The working size in pixels; by default, it follows from the images.</param>
/// <param name="Coreset">The share of patches to keep, in (0, 1].</param>
/// <param name="FalseAlarmRate">The share of good images that may be abnormal, in (0, 1).</param>
/// <param name="Seed">The seed of everything random.</param>
/// <param name="Backbone">The network, by name.</param>
/// <param name="Activate">Whether the version is activated if it loses no known defect.</param>
/// <param name="Reason">Recorded in the audit.</param>
/// <param name="CheckRate">The share of good images that may be to check, in [0, 1).</param>
/// <param name="Tune">Whether networks and working sizes are chosen by planted defects.</param>
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

/// <summary>The false alarms to learn.</summary>
/// <param name="Inspections">Their ids; null for all of them.</param>
internal sealed record UpdateRequest(IReadOnlyList<long>? Inspections = null);

/// <summary>What a fit may choose from.</summary>
/// <param name="Presets">The presets.</param>
/// <param name="Backbones">The networks.</param>
/// <param name="DefaultBackbone">The network of the default preset.</param>
internal sealed record FitChoicesJson(
    IReadOnlyList<string> Presets,
    IReadOnlyList<string> Backbones,
    string DefaultBackbone);

/// <summary>A job in the background.</summary>
/// <param name="Id">Counts up.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Model">The model.</param>
/// <param name="State">How far it is.</param>
/// <param name="Stage">What it is doing; null before it runs.</param>
/// <param name="Done">How much of the stage is done.</param>
/// <param name="Total">The size of the stage; 0 if it is not known.</param>
/// <param name="Notices">What the job has to say.</param>
/// <param name="Error">Why it has failed.</param>
/// <param name="Created">When it was asked for.</param>
/// <param name="Ended">When it ended; null before.</param>
/// <param name="Actor">Who asked for it.</param>
/// <param name="Version">The version that it has made or compared.</param>
/// <param name="CanRestart">Whether its options are kept.</param>
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

/// <summary>The jobs.</summary>
/// <param name="Jobs">From the newest to the oldest.</param>
internal sealed record JobListJson(IReadOnlyList<JobJson> Jobs);

/// <summary>Whether the server can be used.</summary>
/// <param name="Status">alive or ready.</param>
internal sealed record HealthJson(string Status);
