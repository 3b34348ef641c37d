namespace SemiDefect.Anomaly.Server.Api;

/// <summary>The versions of a model.</summary>
/// <param name="Active">The number of the active one; null if there is none.</param>
/// <param name="Versions">From the newest to the oldest.</param>
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

/// <summary>A known defect that a version would not find.</summary>
/// <param name="Inspection">The inspection with the verdict.</param>
/// <param name="ScoreBefore">Its score by the active version.</param>
/// <param name="ScoreAfter">Its score by the other one.</param>
internal sealed record LostDefectJson(InspectionJson Inspection, double ScoreBefore, double ScoreAfter);

/// <summary>An image that was added; the links are null once its picture has been deleted.</summary>
/// <param name="Inspection">The inspection.</param>
/// <param name="Name">Its name.</param>
/// <param name="Note">The note of its verdict.</param>
/// <param name="Image">The address of its thumbnail.</param>
internal sealed record LearnedImageJson(long Inspection, string Name, string? Note, string? Image);

/// <summary>How to activate a version.</summary>
/// <param name="Override">Whether known defects may be lost; needs a reason.</param>
/// <param name="Reason">Recorded in the audit.</param>
internal sealed record ActivateRequest(bool? Override = null, string? Reason = null);

/// <summary>Why.</summary>
/// <param name="Reason">Recorded in the audit.</param>
internal sealed record ReasonRequest(string? Reason = null);

/// <summary>What a job of comparing was started with.</summary>
/// <param name="Version">The version in the address.</param>
/// <param name="With">The version to compare it with.</param>
/// <param name="Count">How many of the latest inspections with a kept picture; 200 by default.</param>
internal sealed record ComparisonRequest(int Version, int With, int? Count = null)
{
    private const int Usual = 200;

    /// <summary>The number of inspections to compare on.</summary>
    /// <exception cref="ProblemException">It is out of range (422).</exception>
    public static int CheckCount(int? count) => count is null or (>= 1 and <= Models.VersionComparison.Most)
        ? count ?? Usual
        : throw ProblemException.Invalid(
            $"A comparison is on 1 to {Models.VersionComparison.Most} inspections.");
}

/// <summary>The body of a request to compare.</summary>
/// <param name="With">The version to compare with; the active one by default.</param>
/// <param name="Count">How many of the latest inspections with a kept picture; 200 by default.</param>
internal sealed record CompareRequest(int? With = null, int? Count = null);

/// <summary>What two versions say about the same inspections.</summary>
/// <param name="Version">The version in the address.</param>
/// <param name="With">The version that it is compared with.</param>
/// <param name="Compared">The number of inspections compared: those that both versions have scored.</param>
/// <param name="Unscored">Those of the latest that were not scored by both.</param>
/// <param name="Agreement">The number of inspections for each pair of decisions that occurs.</param>
/// <param name="Disagreements">The inspections that the versions decide differently, from the newest; at most 100.
/// </param>
internal sealed record ComparisonJson(
    int Version,
    int With,
    int Compared,
    int Unscored,
    IReadOnlyList<AgreementJson> Agreement,
    IReadOnlyList<DisagreementJson> Disagreements);

/// <summary>How many inspections have this pair of decisions.</summary>
/// <param name="Decision">By the version in the address.</param>
/// <param name="DecisionWith">By the version that it is compared with.</param>
/// <param name="Count">The number of inspections.</param>
internal sealed record AgreementJson(string Decision, string DecisionWith, int Count);

/// <summary>An inspection that two versions decide differently.</summary>
/// <param name="Inspection">The inspection.</param>
/// <param name="Score">By the version in the address.</param>
/// <param name="Decision">By the version in the address.</param>
/// <param name="ScoreWith">By the other version.</param>
/// <param name="DecisionWith">By the other version.</param>
internal sealed record DisagreementJson(
    InspectionJson Inspection,
    double Score,
    string Decision,
    double ScoreWith,
    string DecisionWith);

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

/// <summary>A page of the audit.</summary>
/// <param name="Entries">From the newest to the oldest.</param>
/// <param name="NextCursor">The parameter cursor of the next page; null on the last one.</param>
internal sealed record AuditPageJson(IReadOnlyList<AuditEntryJson> Entries, string? NextCursor);

/// <summary>A change that the audit has recorded.</summary>
/// <param name="Id">Counts up.</param>
/// <param name="Time">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Action">What.</param>
/// <param name="Model">The model.</param>
/// <param name="Before">The state before, if there was one.</param>
/// <param name="After">The state after, if there is one.</param>
/// <param name="Reason">Why, if it was said.</param>
/// <param name="Previous">The hash of the entry before.</param>
/// <param name="Hash">The hash of this entry.</param>
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
/// <param name="Name">The name of the key.</param>
/// <param name="Role">Its role.</param>
/// <param name="KeyRequired">Whether the server needs a key.</param>
internal sealed record CallerJson(string Name, string Role, bool KeyRequired);
