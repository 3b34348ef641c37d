namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>An image as it came.</summary>
/// <param name="Name">What the client called it; for people to read, never a path.</param>
/// <param name="Bytes">The encoded image.</param>
internal sealed record UploadedImage(string Name, ReadOnlyMemory<byte> Bytes);
