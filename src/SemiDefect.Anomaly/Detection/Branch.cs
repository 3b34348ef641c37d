using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Detection;

/// <summary>A way from an image to scores: a view plan and an encoder, and a patch model. Thread-safe. Owns the
/// model.</summary>
/// <param name="Lane">The number of the lane, which gives plan and encoder.</param>
/// <param name="Model">What normal patches look like.</param>
/// <param name="Scoring">How patch scores become an image's score.</param>
/// <param name="Maps">How patch scores become a map.</param>
internal sealed record Branch(int Lane, IPatchModel Model, ScoringOptions Scoring, AnomalyMapOptions Maps);
