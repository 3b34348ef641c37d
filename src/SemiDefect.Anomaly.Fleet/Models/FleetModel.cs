namespace SemiDefect.Anomaly.Fleet;

/// <summary>The current version of a model. Immutable and thread-safe.</summary>
/// <param name="Name">The name.</param>
/// <param name="Fingerprint">The fingerprint of the detector: SHA-256, lower-case hexadecimal.</param>
/// <param name="Bytes">The size of the detector file.</param>
/// <param name="HasNames">Whether the detector names defects.</param>
public sealed record FleetModel(string Name, string Fingerprint, long Bytes, bool HasNames);
