namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>An uploaded image.</summary>
/// <param name="Name">The client's name for it; for display only, never used as a path.</param>
/// <param name="Bytes">The encoded image.</param>
internal sealed record UploadedImage(string Name, ReadOnlyMemory<byte> Bytes);
