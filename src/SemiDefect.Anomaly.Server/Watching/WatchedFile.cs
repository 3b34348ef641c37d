namespace SemiDefect.Anomaly.Server.Watching;

/// <summary>A state of a file: a different length or write time makes it a different image.</summary>
/// <param name="Path">The '/'-separated path below the watched folder.</param>
/// <param name="Length">The length in bytes.</param>
/// <param name="Written">The last write time, in ticks (UTC).</param>
internal readonly record struct WatchedFile(string Path, long Length, long Written);
