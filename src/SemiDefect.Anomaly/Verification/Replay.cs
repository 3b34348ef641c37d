using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Verification;

/// <summary>The output of a detector for one golden image. Treat as immutable; then thread-safe.</summary>
/// <param name="FirstViews">The patches of each lane's first view.</param>
/// <param name="PatchScores">The score of every patch, by branch, view and patch; with a bank per fold, the maximum
/// over the banks.</param>
/// <param name="Score">The image score.</param>
/// <param name="Peak">The maximum of the map at its working size.</param>
internal sealed record Replay(IReadOnlyList<PatchGrid> FirstViews, double[] PatchScores, double Score, double Peak);
