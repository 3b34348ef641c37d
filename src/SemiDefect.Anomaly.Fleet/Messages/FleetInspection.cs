namespace SemiDefect.Anomaly.Fleet;

/// <summary>The result of one image, as a worker stored it. Immutable and thread-safe.</summary>
public sealed record FleetInspection
{
    /// <summary>The most regions with their positions; of further ones, only the number is kept.</summary>
    public const int MostRegions = 200;

    /// <summary>The position of the image in the run, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The name of the image.</summary>
    public required string Name { get; init; }

    /// <summary>The fingerprint of the detector that judged it.</summary>
    public required string Model { get; init; }

    /// <summary>The name of the worker.</summary>
    public required string Worker { get; init; }

    /// <summary>Why the image could not be inspected; null if it was.</summary>
    public string? Error { get; init; }

    /// <summary>The anomaly score.</summary>
    public double Score { get; init; }

    /// <summary>The image threshold.</summary>
    public double Threshold { get; init; }

    /// <summary>The check threshold; null for two answers only.</summary>
    public double? CheckThreshold { get; init; }

    /// <summary>The conformal p-value; null if there are no comparable scores.</summary>
    public double? PValue { get; init; }

    /// <summary>The number of regions above the pixel threshold.</summary>
    public int RegionCount { get; init; }

    /// <summary>The highest regions.</summary>
    public IReadOnlyList<FleetRegion> Regions { get; init; } = [];

    /// <summary>The names of all regions that have one, those of the highest regions first.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>What a server keeps as well; null unless it was asked for.</summary>
    public FleetDetail? Detail { get; init; }

    /// <summary>The decision.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public Decision Decision => new DecisionRule(Threshold, CheckThreshold).Decide(Score);
}
