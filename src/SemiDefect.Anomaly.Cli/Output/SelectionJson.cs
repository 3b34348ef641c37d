namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What <c>select</c> found, as JSON.</summary>
internal sealed record SelectionJson(
    int Schema,
    double LatencyS,
    double SecondsPerMultiplyAdd,
    long MaxCost,
    IReadOnlyList<FrontierJson> Frontier,
    IReadOnlyList<string> Fit,
    TuningJson Tuning);

/// <summary>A combination that no cheaper one equals, as JSON.</summary>
internal sealed record FrontierJson(int Candidate, long MultiplyAdds, double LatencyS, int Found);
