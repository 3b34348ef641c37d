using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Scoring;

/// <summary>The scores of an image by all branches. Treat as immutable; then thread-safe.</summary>
/// <param name="Score">The image score.</param>
/// <param name="Map">The anomaly map at the size of <paramref name="Canvas"/>.</param>
/// <param name="Canvas">The position of the map on the original.</param>
/// <param name="Branches">The scores of each branch.</param>
/// <param name="Decisive">The branch with the highest score on the common scale.</param>
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
