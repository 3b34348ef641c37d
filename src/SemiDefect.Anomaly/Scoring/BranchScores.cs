namespace SemiDefect.Anomaly.Scoring;

/// <summary>What one branch makes of an image. Immutable by convention, and so thread-safe.</summary>
/// <param name="Views">The scores of each view that judges the image, in the order of the plan.</param>
/// <param name="ImageScore">The image's score by this branch.</param>
internal sealed record BranchScores(IReadOnlyList<PatchScores> Views, double ImageScore)
{
    /// <summary>The view with the highest patch.</summary>
    public PatchScores HighestView => Views[PatchScores.HighestOf(Views)];

    internal static BranchScores Of(IReadOnlyList<PatchScores> views, ScoringOptions options) =>
        new(views, PatchScores.Combine(views, options));
}
