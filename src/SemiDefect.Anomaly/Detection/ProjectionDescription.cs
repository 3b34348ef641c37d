using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly;

/// <summary>The projection of the patches of a network at one size. Immutable and thread-safe.</summary>
/// <param name="Kind">How it was learned.</param>
/// <param name="Inputs">Values per patch before it.</param>
/// <param name="Outputs">Values per patch after it.</param>
/// <param name="Steps">The number of training steps; null if it was not trained.</param>
/// <param name="Shrinkage">The shrinkage of the covariance; null if variances were not made equal.</param>
public sealed record ProjectionDescription(
    ProjectionKind Kind, int Inputs, int Outputs, int? Steps, double? Shrinkage);
