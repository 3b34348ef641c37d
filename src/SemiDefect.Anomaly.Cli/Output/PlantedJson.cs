namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>The planted defects of a detector, and what thresholds find of them, as JSON.</summary>
internal sealed record PlantedJson(
    int Defects,
    int Images,
    IReadOnlyList<int> Sizes,
    IReadOnlyList<int> DefectsBySize,
    IReadOnlyList<ThresholdCostJson> Thresholds);
