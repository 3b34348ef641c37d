namespace SemiDefect.Anomaly.Server.Watching;

/// <summary>A file that was moved. Immutable and thread-safe.</summary>
/// <param name="State">What it was when it was inspected.</param>
/// <param name="Target">Where it was moved to.</param>
internal sealed record PlacedFile(WatchedFile State, string Target);
