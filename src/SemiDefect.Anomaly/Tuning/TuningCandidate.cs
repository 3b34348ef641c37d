using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Tuning;

/// <summary>
/// A combination of networks and working sizes that a tuning tried, and what it showed. Immutable by convention, and so
/// thread-safe.
/// </summary>
public sealed record TuningCandidate
{
    /// <summary>The names of the networks.</summary>
    public required IReadOnlyList<string> Networks { get; init; }

    /// <summary>The working sizes, ascending.</summary>
    public required IReadOnlyList<int> Scales { get; init; }

    /// <summary>
    /// What else differs from the options, in words; null for nothing. Its evidence is then against the networks and
    /// sizes chosen before.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Change { get; init; }

    /// <summary>
    /// Whether it is what the options asked for without tuning, or what of it is within the limit.
    /// </summary>
    public required bool IsDefault { get; init; }

    /// <summary>
    /// The multiply-adds of one inspection: of the networks, and at most of the search; 0 where a network does not
    /// tell.
    /// </summary>
    public required long MultiplyAdds { get; init; }

    /// <summary>The planted defects found, at their place, at the threshold for the false-alarm rate.</summary>
    public required TuningShare Found { get; init; }

    /// <summary>The same by kind.</summary>
    public required IReadOnlyList<TuningKindShare> ByKind { get; init; }

    /// <summary>The same by size, from the smallest to the largest.</summary>
    public required IReadOnlyList<TuningShare> BySize { get; init; }

    /// <summary>The share of resamples in which it finds no more than the default; small is evidence.</summary>
    public required double ChanceOfNone { get; init; }

    /// <summary>The kinds that it finds more often than the default does, beyond chance.</summary>
    public required int BetterKinds { get; init; }

    /// <summary>The kinds that it finds less often than the default does, beyond chance.</summary>
    public required int WorseKinds { get; init; }

    /// <summary>Whether the evidence suffices to leave the default for it.</summary>
    public required bool IsProven { get; init; }
}
