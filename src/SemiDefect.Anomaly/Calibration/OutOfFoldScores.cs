using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Calibration;

/// <summary>
/// What the branches of one lane make of every good image when nothing that answers came from the image's fold.
/// Immutable
/// by convention, and so thread-safe.
/// </summary>
/// <param name="Branches">By image, then by branch; empty where nothing was judged.</param>
/// <param name="OwnBranches">
/// Where every fold has a bank of its own: by image, the branch that did not learn from its fold. Null with one branch.
/// </param>
internal sealed record OutOfFoldScores(
    IReadOnlyList<IReadOnlyList<BranchScores>> Branches,
    IReadOnlyList<int>? OwnBranches)
{
    /// <summary>No good image was judged.</summary>
    public static OutOfFoldScores None { get; } = new([], null);
}
