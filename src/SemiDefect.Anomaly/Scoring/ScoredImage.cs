using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Scoring;

/// <summary>What all branches together make of an image. Immutable by convention, and so thread-safe.</summary>
/// <param name="Score">The image's score.</param>
/// <param name="Map">The anomaly map at the size of <paramref name="Canvas"/>.</param>
/// <param name="Canvas">Where the map lies on the original.</param>
/// <param name="Branches">What each branch makes of it.</param>
/// <param name="Decisive">The branch that scores highest on the common scale.</param>
internal sealed record ScoredImage(
    double Score, AnomalyMap Map, InputGeometry Canvas, IReadOnlyList<BranchScores> Branches, int Decisive)
{
    /// <summary>The score of each branch before it is brought to the common scale.</summary>
    public IReadOnlyList<double> BranchImageScores => [.. Branches.Select(branch => branch.ImageScore)];

    /// <summary>
    /// The highest value of each branch's map before it is brought to the common scale; empty where there is none.
    /// </summary>
    public IReadOnlyList<double> BranchPeaks { get; init; } = [];
}
