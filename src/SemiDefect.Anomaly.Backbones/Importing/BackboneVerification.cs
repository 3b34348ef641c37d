using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Importing;

/// <summary>What <see cref="BackboneVerifier"/> found. Immutable.</summary>
/// <param name="Checks">In the order in which they were made; after a failure that leaves nothing to go on with, the last.</param>
/// <param name="Taps">The outputs as they came out; none if the network did not run.</param>
/// <param name="MillisecondsPerImage">The median time of one image, or null if the network did not run.</param>
public sealed record BackboneVerification(IReadOnlyList<BackboneCheck> Checks, IReadOnlyList<BackboneTap> Taps, double? MillisecondsPerImage)
{
    /// <summary>Whether every check passed.</summary>
    public bool Passed => Checks.All(check => check.Passed);
}
