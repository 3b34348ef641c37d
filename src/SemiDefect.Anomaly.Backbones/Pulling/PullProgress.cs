namespace SemiDefect.Anomaly.Backbones.Pulling;

/// <summary>The progress of a download. Immutable and thread-safe.</summary>
/// <param name="Bytes">Number of bytes received, including earlier attempts.</param>
/// <param name="Total">Number of bytes of the whole file, or null if the server has not provided it yet.</param>
public sealed record PullProgress(long Bytes, long? Total);
