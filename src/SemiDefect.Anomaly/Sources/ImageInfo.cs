namespace SemiDefect.Anomaly.Sources;

/// <summary>Information on an image that is available without reading it. Immutable and thread-safe.</summary>
/// <param name="Name">
/// The name of the image in results, reports and detector files: for a file, its '/'-separated path relative to its
/// folder. One line, not empty, without ".." as a path segment.
/// </param>
public sealed record ImageInfo(string Name);
