using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Backbones.Importing;

/// <summary>Writes a network and the manifest beside it, each whole or not at all. Thread-safe.</summary>
internal static class BackboneWriter
{
    /// <summary>Writes NAME.onnx, then NAME.json with its hash.</summary>
    /// <param name="path">The path of the .onnx file.</param>
    /// <param name="write">Writes the ONNX model.</param>
    /// <param name="describe">Makes the manifest for a given SHA-256.</param>
    /// <returns>The manifest as written.</returns>
    /// <exception cref="SemiDefectException">A file cannot be written.</exception>
    public static BackboneManifest Write(string path, Action<Stream> write, Func<string, BackboneManifest> describe)
    {
        string manifestPath = Path.ChangeExtension(path, ".json");
        byte[] hash = [];
        AtomicFile.Write(path, stream =>
        {
            using var hashing = new HashingStream(stream);
            write(hashing);
            hash = hashing.Finish();
        });
        BackboneManifest manifest = describe(Convert.ToHexStringLower(hash));
        AtomicFile.Write(manifestPath, stream => stream.Write(manifest.ToJson()));
        return manifest;
    }
}
