namespace SemiDefect.Anomaly.Sources;

/// <summary>What is known of an image without reading it. Immutable and thread-safe.</summary>
/// <param name="Name">
/// What the image is called in results, reports and detector files: for a file, its '/'-separated path relative to its
/// folder. One line, not empty, without ".." between slashes.
/// </param>
public sealed record ImageInfo(string Name);
