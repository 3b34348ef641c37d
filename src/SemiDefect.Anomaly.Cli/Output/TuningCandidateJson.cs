using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>A combination that a tuning tried, as JSON.</summary>
internal sealed record TuningCandidateJson(
    IReadOnlyList<string> Networks,
    IReadOnlyList<int> Scales,
    bool Default,
    long MultiplyAdds,
    int Found,
    int Planted,
    IReadOnlyDictionary<string, int> FoundByKind,
    IReadOnlyList<int> FoundBySize,
    double ChanceOfNone,
    int BetterKinds,
    int WorseKinds,
    bool Proven)
{
    /// <summary>What else differs from the options; only where something does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Change { get; init; }
}
