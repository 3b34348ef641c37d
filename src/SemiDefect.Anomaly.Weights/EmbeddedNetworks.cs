namespace SemiDefect.Anomaly.Weights;

/// <summary>
/// The networks in this assembly: NAME.onnx and its manifest NAME.json, for NAME in <see cref="Names"/>. Immutable and
/// thread-safe.
/// </summary>
public static class EmbeddedNetworks
{
    /// <summary>The names of the networks, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["compact", "resnet18"];

    /// <summary>Opens a file of a network, such as compact.onnx; the caller disposes of the stream.</summary>
    /// <param name="fileName">NAME.onnx or NAME.json.</param>
    /// <returns>The content, or null if there is no such file.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static Stream? Open(string fileName)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        return typeof(EmbeddedNetworks).Assembly.GetManifestResourceStream($"backbones/{fileName}");
    }
}
