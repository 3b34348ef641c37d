namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>One image to score.</summary>
/// <param name="FullPath">Where it is.</param>
/// <param name="Name">What it is called in results: as given, with '/'.</param>
/// <param name="OutputName">What its heatmap, mask and map are called, without extension, below their folder.</param>
internal sealed record ScoreItem(string FullPath, string Name, string OutputName);
