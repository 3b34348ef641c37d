namespace SemiDefect.Anomaly.Backbones.Importing;

/// <summary>One thing that was checked of a backbone.</summary>
/// <param name="Name">What was checked: manifest, hash, network, taps, forward pass or timing.</param>
/// <param name="Passed">Whether all is well.</param>
/// <param name="Detail">What was found, in one line.</param>
public sealed record BackboneCheck(string Name, bool Passed, string Detail);
