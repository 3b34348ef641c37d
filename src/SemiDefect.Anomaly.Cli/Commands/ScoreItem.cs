namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>An image to score.</summary>
/// <param name="FullPath">The full path of the image.</param>
/// <param name="Name">The name in results: the path as given, with '/'.</param>
/// <param name="OutputName">
/// The name of its heatmap, mask and map, relative to their folder and without extension.
/// </param>
internal sealed record ScoreItem(string FullPath, string Name, string OutputName)
{
    /// <summary>The page of the file, from 1; null for the page that the detector reads.</summary>
    public int? Page { get; init; }
}
