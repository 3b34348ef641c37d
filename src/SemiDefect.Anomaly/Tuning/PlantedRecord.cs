namespace SemiDefect.Anomaly.Tuning;

/// <summary>The planted defects of a detector, as its file keeps them. Immutable by convention.</summary>
/// <param name="Defects">The defects, by image.</param>
internal sealed record PlantedRecord(IReadOnlyList<PlantedDefect> Defects)
{
    internal const int MostDefects = 100_000;
}
