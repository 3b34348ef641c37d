namespace SemiDefect.Anomaly.Scoring;

/// <summary>The scores of an image by one branch. Treat as immutable; then thread-safe.</summary>
/// <param name="Views">The scores of each view, in the order of the plan.</param>
/// <param name="ImageScore">The image score by this branch.</param>
internal sealed record BranchScores(IReadOnlyList<PatchScores> Views, double ImageScore)
{
    /// <summary>The view with the highest patch score.</summary>
    public PatchScores HighestView => Views[PatchScores.HighestOf(Views)];

    internal static BranchScores Of(IReadOnlyList<PatchScores> views, ScoringOptions options) =>
        new(views, PatchScores.Combine(views, options));
}
