namespace SemiDefect.Anomaly.Server.Watching;

/// <summary>A state of a file: another length or time of writing makes it another image.</summary>
/// <param name="Path">The '/'-separated path below the watched folder.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Written">When it was written last, in ticks of UTC.</param>
internal readonly record struct WatchedFile(string Path, long Length, long Written);
