using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Calibration;

/// <summary>
/// The scores of every good image by the branches of one lane, computed without anything from the image's fold. Treat
/// as immutable; then thread-safe.
/// </summary>
/// <param name="Branches">By image, then by branch; empty if nothing was scored.</param>
/// <param name="OwnBranches">
/// If every fold has a bank of its own: for each image, the branch that was not trained on its fold. Otherwise null.
/// </param>
internal sealed record OutOfFoldScores(
    IReadOnlyList<IReadOnlyList<BranchScores>> Branches,
    IReadOnlyList<int>? OwnBranches)
{
    /// <summary>No good image was scored.</summary>
    public static OutOfFoldScores None { get; } = new([], null);
}
