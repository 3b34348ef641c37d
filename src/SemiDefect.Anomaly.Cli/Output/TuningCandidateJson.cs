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
    bool Proven);
