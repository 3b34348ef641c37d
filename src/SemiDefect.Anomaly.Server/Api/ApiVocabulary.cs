using System.Collections.Frozen;
using SemiDefect.Anomaly.Server.Audit;
using SemiDefect.Anomaly.Server.Inspecting;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Security;
using SemiDefect.Anomaly.Server.Statistics;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>What the OpenAPI document says about parameters, and the words that a field may hold.</summary>
internal static class ApiVocabulary
{
    private static readonly string[] Decisions =
        [.. Enum.GetValues<Decision>().Select(DecisionRule.NameOf)];

    private static readonly string[] JobStates =
    [
        JobState.Waiting, JobState.Running, JobState.Done, JobState.Failed, JobState.Cancelled, JobState.Interrupted,
    ];

    private static readonly string[] VersionOrigins =
    [
        VersionOrigin.Fit, VersionOrigin.Update, VersionOrigin.Upload, VersionOrigin.Threshold, VersionOrigin.File,
    ];

    private static readonly FrozenDictionary<string, string> ParameterTexts = new Dictionary<string, string>(
        StringComparer.Ordinal)
    {
        ["model"] = "The name of the model: that of its detector file, without .sdad.",
        ["version"] = "The number of the version.",
        ["id"] = "The id.",
        ["image"] = "The name of a training image.",
        ["station"] = "The station, as the inspections name it.",
        ["lot"] = "The lot, as the inspections name it.",
        ["part"] = "The part, as the inspections name it.",
        ["name"] = "A name for the image, for the history.",
        ["decision"] = "Only inspections with this decision.",
        ["verdict"] = "Only inspections with this verdict; none for those without one.",
        ["from"] = "From this time on, inclusive (RFC 3339).",
        ["to"] = "Until this time, exclusive (RFC 3339).",
        ["min_margin"] = "Only inspections with this margin (score minus threshold) or more.",
        ["max_margin"] = "Only inspections with this margin or less.",
        ["cursor"] = "The next_cursor of the page before.",
        ["limit"] = "The most entries of a page.",
        ["after"] = "Continue after this inspection.",
        ["max_age"] = "How old a decision may be, in seconds.",
        ["bucket"] = "The length of a time span in minutes.",
        ["with"] = "The number of the version to compare with; by default the active one.",
        ["count"] = "How many of the latest inspections with a kept picture.",
        ["action"] = "Only entries of this action.",
        ["override"] = "Whether known defects may be lost; needs a reason.",
        ["reason"] = "Why; the audit records it.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string[]> ParameterWords = new Dictionary<string, string[]>(
        StringComparer.Ordinal)
    {
        ["decision"] = Decisions,
        ["verdict"] = [.. Verdicts.All, Verdicts.None],
        ["action"] = [.. AuditActions.All],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<(string Type, string Field), string[]> FieldWords =
        new Dictionary<(string Type, string Field), string[]>
        {
            [(nameof(InspectionJson), "decision")] = Decisions,
            [(nameof(AgreementJson), "decision")] = Decisions,
            [(nameof(AgreementJson), "decision_with")] = Decisions,
            [(nameof(DisagreementJson), "decision")] = Decisions,
            [(nameof(DisagreementJson), "decision_with")] = Decisions,
            [(nameof(VerdictJson), "value")] = [.. Verdicts.All],
            [(nameof(VerdictRequest), "value")] = [.. Verdicts.All],
            [(nameof(JobJson), "kind")] = [ModelJobs.Fit, ModelJobs.Update, ModelJobs.Compare],
            [(nameof(JobJson), "state")] = JobStates,
            [(nameof(VersionJson), "state")] = [.. VersionState.All],
            [(nameof(VersionJson), "origin")] = VersionOrigins,
            [(nameof(DriftJson), "state")] = [.. DriftState.Words],
            [(nameof(FitRequest), "preset")] = [.. FitPresets.Names],
            [(nameof(FitRequest), "tune")] = [.. FitWork.TuneModes],
            [(nameof(NoteJson), "code")] = [UnlikeSize.Size, UnlikeSize.Shape],
            [(nameof(TrainingFindingJson), "severity")] = ["error", "warning", "info"],
            [(nameof(FitRequest), "backbone")] = [.. FitWork.Backbones()],
            [(nameof(AuditEntryJson), "action")] = [.. AuditActions.All],
            [(nameof(CallerJson), "role")] = [.. Enum.GetValues<AccessRole>().Select(AccessKey.RoleName)],
        }.ToFrozenDictionary();

    /// <summary>What a parameter means; null if that is not known.</summary>
    public static string? DescriptionOf(string parameter) => ParameterTexts.GetValueOrDefault(parameter);

    /// <summary>The values that a parameter takes; null if it takes any.</summary>
    public static IReadOnlyList<string>? WordsOf(string parameter) => ParameterWords.GetValueOrDefault(parameter);

    /// <summary>The values that a field of JSON holds; null if it holds any.</summary>
    public static IReadOnlyList<string>? WordsOf(string type, string field) =>
        FieldWords.GetValueOrDefault((type, field));
}
