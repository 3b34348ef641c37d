using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Verification;

/// <summary>What a detector makes of one golden image. Immutable by convention, and so thread-safe.</summary>
/// <param name="FirstViews">By lane, the patches of the first view.</param>
/// <param name="PatchScores">The score of every patch: by branch, view and patch; with a bank per fold, the highest of
/// all.</param>
/// <param name="Score">The image's score.</param>
/// <param name="Peak">The highest value of the map at its working size.</param>
internal sealed record Replay(IReadOnlyList<PatchGrid> FirstViews, double[] PatchScores, double Score, double Peak);
