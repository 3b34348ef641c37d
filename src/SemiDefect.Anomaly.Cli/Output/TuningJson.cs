namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What a tuning tried and chose, as JSON.</summary>
internal sealed record TuningJson(
    int Learned,
    int HeldOut,
    IReadOnlyList<int> Sizes,
    int Chosen,
    IReadOnlyList<TuningCandidateJson> Candidates,
    IReadOnlyList<TuningRateJson> Rates);
