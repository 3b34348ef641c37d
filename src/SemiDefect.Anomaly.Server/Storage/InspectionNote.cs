namespace SemiDefect.Anomaly.Server.Storage;

/// <summary>What is to be known about an inspection besides its decision. Immutable.</summary>
/// <param name="Code">size or shape: the image is unlike those learned from.</param>
/// <param name="LearnedWidth">The width of the most similar size learned from.</param>
/// <param name="LearnedHeight">Its height.</param>
internal sealed record InspectionNote(string Code, int LearnedWidth, int LearnedHeight);
