using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Server.Storage;

/// <summary>An inspection in the history. Immutable.</summary>
internal sealed record InspectionRecord
{
    /// <summary>0 until it is stored.</summary>
    public long Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required string Model { get; init; }

    /// <summary>The beginning of the SHA-256 of the detector file.</summary>
    public required string ModelVersion { get; init; }

    public required string Name { get; init; }

    public required string Sha256 { get; init; }

    public PartLabels Labels { get; init; } = PartLabels.None;

    public required double Score { get; init; }

    public required double Threshold { get; init; }

    /// <summary>The check threshold; null for two answers only.</summary>
    public double? CheckThreshold { get; init; }

    public required double PixelThreshold { get; init; }

    public required double? PValue { get; init; }

    public required InspectionDetail Detail { get; init; }

    /// <summary>The name of the stored picture and map; null if none are kept.</summary>
    public string? Picture { get; init; }

    public long PictureBytes { get; init; }

    public string? Verdict { get; init; }

    public string? VerdictNote { get; init; }

    public DateTimeOffset? VerdictTime { get; init; }

    public double Margin => Score - Threshold;

    public Decision Decision => new DecisionRule(Threshold, CheckThreshold).Decide(Score);

    /// <summary>Whether a person is asked to act: the image is abnormal, or is to be checked.</summary>
    public bool IsAlarm => Decision != Decision.Normal;

    /// <summary>Whether the part is bad according to its verdict.</summary>
    public bool IsKnownDefect => Verdict == Verdicts.Missed || (Verdict == Verdicts.Confirmed && IsAlarm);
}

/// <summary>The part of an inspection that is stored as JSON, because no query filters by it.</summary>
/// <param name="Geometry">The position of the network's input on the image.</param>
/// <param name="Match">The highest-scoring patch and its nearest training patch.</param>
/// <param name="RegionCount">The number of regions found.</param>
/// <param name="Regions">The first of them, ordered by descending peak.</param>
internal sealed record InspectionDetail(
    InputGeometry Geometry,
    PatchMatch Match,
    int RegionCount,
    IReadOnlyList<Region> Regions)
{
    /// <summary>What is to be known besides; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<InspectionNote>? Notes { get; init; }
}
