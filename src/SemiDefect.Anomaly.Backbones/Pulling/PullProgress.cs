namespace SemiDefect.Anomaly.Backbones.Pulling;

/// <summary>How far a download is.</summary>
/// <param name="Bytes">The bytes that are here, those of earlier attempts among them.</param>
/// <param name="Total">The bytes of the whole file, or null while the server has not said.</param>
public sealed record PullProgress(long Bytes, long? Total);
