namespace SemiDefect.Anomaly.Backbones.Importing;

/// <summary>The result of one check of a backbone. Immutable and thread-safe.</summary>
/// <param name="Name">What was checked: manifest, hash, network, taps, forward pass or timing.</param>
/// <param name="Passed">Whether the check passed.</param>
/// <param name="Detail">The finding, in one line.</param>
public sealed record BackboneCheck(string Name, bool Passed, string Detail);
