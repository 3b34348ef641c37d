using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What a tuning tried and chose, as JSON.</summary>
internal sealed record TuningJson(
    int Learned,
    int HeldOut,
    IReadOnlyList<int> Sizes,
    int Chosen,
    IReadOnlyList<TuningCandidateJson> Candidates)
{
    /// <summary>The most multiply-adds per inspection; only where there was a limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MaxCost { get; init; }

    /// <summary>The work of the tuning in plain fits.</summary>
    public double Effort { get; init; }
}
