namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>An image of a die. Treat as immutable; then thread-safe.</summary>
/// <param name="Pixels">Size x Size x (1 or 3) bytes.</param>
/// <param name="Mask">255 where a defect changed the image noticeably, 0 elsewhere; null for good dies.</param>
internal sealed record SampleImage(byte[] Pixels, byte[]? Mask);
