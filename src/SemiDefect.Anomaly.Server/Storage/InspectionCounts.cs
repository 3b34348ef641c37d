namespace SemiDefect.Anomaly.Server.Storage;

/// <summary>The number of inspections by decision, up to and including one inspection. Immutable.</summary>
/// <param name="Normal">The normal ones.</param>
/// <param name="Check">Those to check.</param>
/// <param name="Abnormal">The abnormal ones.</param>
/// <param name="LastId">The newest inspection of the server at that time, of any model; 0 if there is none.</param>
internal sealed record InspectionCounts(long Normal, long Check, long Abnormal, long LastId);
