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

        // Not flushed to the disk, which takes longer than all the rest: the manifest, written after it and flushed, has the hash that every use
        // compares, so a file that a power cut took away is found out, and is made again from the weights.
        AtomicFile.Write(
            path,
            stream =>
            {
                using var hashing = new HashingWriter(stream);
                write(hashing);
                hash = hashing.Finish();
            },
            flushToDisk: false);
        BackboneManifest manifest = describe(Convert.ToHexStringLower(hash));
        AtomicFile.Write(manifestPath, stream => stream.Write(manifest.ToJson()));
        return manifest;
    }
}
