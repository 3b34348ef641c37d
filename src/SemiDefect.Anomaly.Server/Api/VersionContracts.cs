namespace SemiDefect.Anomaly.Server.Api;

internal sealed record VersionListJson(int? Active, IReadOnlyList<VersionJson> Versions);

/// <summary>A version of a model.</summary>
/// <param name="Number">1, 2, 3 and so on; numbers are not used again.</param>
/// <param name="Id">The version as inspections name it: the first digits of the SHA-256.</param>
/// <param name="State">active, kept (was active), candidate (never was) or discarded.</param>
/// <param name="Origin">fit, update, upload, threshold, or file: another program put it into the folder.</param>
/// <param name="Actor">Who made it.</param>
/// <param name="Time">When it was made.</param>
/// <param name="Parent">The version that it was made from.</param>
/// <param name="Threshold">The image threshold.</param>
/// <param name="PixelThreshold">The pixel threshold.</param>
/// <param name="Method">The rule of the image threshold.</param>
/// <param name="FalseAlarmRate">The false-alarm rate of the rule; null without one.</param>
/// <param name="Images">The number of images learned from.</param>
/// <param name="Activated">When it was last activated.</param>
/// <param name="Sha256">The SHA-256 of the detector file.</param>
/// <param name="Bytes">The length of the detector file.</param>
/// <param name="CheckThreshold">The check threshold; null for two answers only.</param>
/// <param name="CheckRate">The check rate; 0 for two answers only.</param>
internal sealed record VersionJson(
    int Number,
    string Id,
    string State,
    string Origin,
    string Actor,
    DateTimeOffset Time,
    int? Parent,
    double Threshold,
    double PixelThreshold,
    string Method,
    double? FalseAlarmRate,
    int Images,
    DateTimeOffset? Activated,
    string Sha256,
    long Bytes,
    double? CheckThreshold,
    double CheckRate);

/// <summary>A version beside the active one.</summary>
/// <param name="Version">The version.</param>
/// <param name="Active">The active version; null if there is none.</param>
/// <param name="KnownDefects">The number of parts that are bad according to a verdict.</param>
/// <param name="Lost">Those that the active version finds and this one would not.</param>
/// <param name="Unscored">Those that were not compared: their pictures are gone, or they are newer than the version;
/// an activation compares the newer ones.</param>
/// <param name="Learned">The images that an update has added as good ones.</param>
internal sealed record VersionDetailJson(
    VersionJson Version,
    VersionJson? Active,
    int KnownDefects,
    IReadOnlyList<LostDefectJson> Lost,
    int Unscored,
    IReadOnlyList<LearnedImageJson> Learned);

internal sealed record LostDefectJson(InspectionJson Inspection, double ScoreBefore, double ScoreAfter);

/// <summary>An image that was added; the links are null once its picture has been deleted.</summary>
internal sealed record LearnedImageJson(long Inspection, string Name, string? Note, string? Image);

internal sealed record ActivateRequest(bool? Override = null, string? Reason = null);

internal sealed record ReasonRequest(string? Reason = null);

/// <summary>A version as the audit names it.</summary>
internal sealed record AuditVersionJson(
    int Number,
    string Sha256,
    string Origin,
    double Threshold,
    double PixelThreshold,
    string Method,
    double? CheckThreshold);

/// <summary>A verdict as the audit names it.</summary>
internal sealed record AuditVerdictJson(long Inspection, string Verdict, string? Note);

/// <summary>A training image as the audit names it.</summary>
internal sealed record AuditImageJson(string Name, string Sha256);

internal sealed record AuditPageJson(IReadOnlyList<AuditEntryJson> Entries, string? NextCursor);

internal sealed record AuditEntryJson(
    long Id,
    DateTimeOffset Time,
    string Actor,
    string Action,
    string? Model,
    System.Text.Json.JsonElement? Before,
    System.Text.Json.JsonElement? After,
    string? Reason,
    string Previous,
    string Hash);

/// <summary>The result of recomputing the chain of hashes.</summary>
/// <param name="Intact">Whether no entry is missing or changed.</param>
/// <param name="Entries">The number of intact entries, from the first.</param>
/// <param name="Head">The hash of the last intact entry.</param>
/// <param name="Problem">What is wrong after it.</param>
internal sealed record AuditVerificationJson(bool Intact, long Entries, string Head, string? Problem);

/// <summary>Who the server takes the caller for.</summary>
internal sealed record CallerJson(string Name, string Role, bool KeyRequired);
