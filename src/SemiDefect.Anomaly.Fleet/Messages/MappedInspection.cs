using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Fleet;

/// <summary>A result with its map. Immutable and thread-safe.</summary>
/// <param name="Inspection">The result.</param>
/// <param name="Detail">The rest of it.</param>
/// <param name="InputMap">The anomaly map at the working size.</param>
public sealed record MappedInspection(FleetInspection Inspection, FleetDetail Detail, AnomalyMap InputMap);
