using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Tuning;

/// <summary>
/// What a tuning tried, found and chose, as the detector file keeps it (<see cref="FitOptions.Tuning"/>). Immutable by
/// convention, and so thread-safe.
/// </summary>
public sealed record TuningRecord
{
    internal const int MostCandidates = 10_000;
    internal const int MostOfAKind = 1000;

    /// <summary>The good images that each candidate learned from.</summary>
    public required int Learned { get; init; }

    /// <summary>The good images that defects were planted in.</summary>
    public required int HeldOut { get; init; }

    /// <summary>The extents of the planted defects in the first picture held out, in pixels, ascending.</summary>
    public required IReadOnlyList<int> Sizes { get; init; }

    /// <summary>The most multiply-adds that an inspection was allowed; null for no limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MaxCost { get; init; }

    /// <summary>
    /// The work of the tuning as a multiple of the plain fit with the options, counted in multiply-adds; 0 if not
    /// known.
    /// </summary>
    public double Effort { get; init; }

    /// <summary>The position of what was chosen among the candidates.</summary>
    public required int Chosen { get; init; }

    /// <summary>What was tried, the default first, then by cost.</summary>
    public required IReadOnlyList<TuningCandidate> Candidates { get; init; }
}
