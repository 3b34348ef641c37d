namespace SemiDefect.Anomaly.Sources;

/// <summary>One image file of a data set.</summary>
/// <param name="RelativePath">The path relative to the opened folder, '/'-separated on every system.</param>
/// <param name="FullPath">The absolute path, in the notation of this system.</param>
public sealed record FolderImage(string RelativePath, string FullPath)
{
    /// <summary>The page of the file, from 1; null for the page that all files are read at.</summary>
    public int? Page { get; init; }
}
