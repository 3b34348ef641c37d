using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// A path from images to scores: a lane (view plan and encoder) and a patch model. Thread-safe. Owns the model.
/// </summary>
/// <param name="Lane">The index of the lane.</param>
/// <param name="Model">The model of normal patches.</param>
/// <param name="Scoring">How patch scores are combined into an image score.</param>
/// <param name="Maps">How patch scores are turned into a map.</param>
internal sealed record Branch(int Lane, IPatchModel Model, ScoringOptions Scoring, AnomalyMapOptions Maps);
