namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>The location of an uncompressed zip entry in the file.</summary>
/// <param name="Offset">Its first byte.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct ZipEntry(long Offset, long Length);
