using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Backbones.Importing;

/// <summary>Writes a network and the manifest beside it, each whole or not at all. Thread-safe.</summary>
internal static class BackboneWriter
{
    /// <summary>Writes NAME.onnx and NAME.json with its hash.</summary>
    /// <param name="path">The path of the .onnx file.</param>
    /// <param name="write">Writes the ONNX model.</param>
    /// <param name="describe">Makes the manifest for a given SHA-256.</param>
    /// <returns>The manifest as written.</returns>
    /// <exception cref="BackboneException">The manifest would not be accepted.</exception>
    /// <exception cref="SemiDefectException">A file cannot be written.</exception>
    public static BackboneManifest Write(string path, Action<Stream> write, Func<string, BackboneManifest> describe)
    {
        string manifestPath = Path.ChangeExtension(path, ".json");
        BackboneManifest? manifest = null;
        byte[] hash = [];

        // The network is not flushed to the disk, which takes longer than all the rest. The manifest is, before the network gets its name: so whatever a power
        // cut takes away, a network of that name has a hash beside it that every use compares, and can be made again from the weights.
        AtomicFile.Write(
            path,
            stream =>
            {
                using var hashing = new HashingWriter(stream);
                write(hashing);
                hash = hashing.Finish();
            },
            flushToDisk: false,
            beforeReplacing: () =>
            {
                manifest = describe(Convert.ToHexStringLower(hash));
                byte[] json = manifest.ToJson();

                // What could not be read again is not written.
                BackboneManifest.Parse(json, manifestPath);
                AtomicFile.Write(manifestPath, stream => stream.Write(json));
            });
        return manifest!;
    }
}
