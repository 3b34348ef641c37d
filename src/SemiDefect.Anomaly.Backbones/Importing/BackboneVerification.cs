using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Importing;

/// <summary>The result of <see cref="BackboneVerifier"/>. Immutable and thread-safe.</summary>
/// <param name="Checks">
/// The checks in the order in which they were made. The last one may be a failure that prevents further checks.
/// </param>
/// <param name="Taps">The actual outputs; empty if the network did not run.</param>
/// <param name="MillisecondsPerImage">The median time per image, or null if the network did not run.</param>
public sealed record BackboneVerification(
    IReadOnlyList<BackboneCheck> Checks,
    IReadOnlyList<BackboneTap> Taps,
    double? MillisecondsPerImage)
{
    /// <summary>Whether every check passed.</summary>
    public bool Passed => Checks.All(check => check.Passed);
}
