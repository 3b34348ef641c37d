namespace SemiDefect.Anomaly.Sources;

/// <summary>One image file of a data set.</summary>
/// <param name="RelativePath">The path below the folder that was opened, '/'-separated on every system.</param>
/// <param name="FullPath">The absolute path, in the manner of this system.</param>
public sealed record FolderImage(string RelativePath, string FullPath);
