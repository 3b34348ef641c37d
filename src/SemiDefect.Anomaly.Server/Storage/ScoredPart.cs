namespace SemiDefect.Anomaly.Server.Storage;

/// <summary>What statistics need of an inspection. Immutable.</summary>
/// <param name="Time">When it was inspected.</param>
/// <param name="Version">The version, as inspections name it.</param>
/// <param name="Score">The score.</param>
/// <param name="Threshold">The threshold.</param>
/// <param name="Decision">The decision.</param>
internal readonly record struct ScoredPart(
    DateTimeOffset Time,
    string Version,
    double Score,
    double Threshold,
    Decision Decision);
