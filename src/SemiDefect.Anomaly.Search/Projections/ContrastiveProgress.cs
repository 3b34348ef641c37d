namespace SemiDefect.Anomaly.Search.Projections;

/// <summary>The progress of a <see cref="ContrastiveProjection"/>.</summary>
/// <param name="Step">The number of completed steps.</param>
/// <param name="Steps">The number of all steps.</param>
/// <param name="Loss">The loss of the last step.</param>
public readonly record struct ContrastiveProgress(int Step, int Steps, double Loss);
