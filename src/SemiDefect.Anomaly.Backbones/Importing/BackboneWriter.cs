using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Backbones.Importing;

/// <summary>Writes a network and the manifest beside it, each atomically. Stateless.</summary>
internal static class BackboneWriter
{
    /// <summary>Writes NAME.onnx, and NAME.json with its hash.</summary>
    /// <param name="path">The path of the .onnx file.</param>
    /// <param name="write">Writes the ONNX model.</param>
    /// <param name="describe">Creates the manifest for a given SHA-256.</param>
    /// <returns>The manifest as written.</returns>
    /// <exception cref="BackboneException">The manifest is invalid.</exception>
    /// <exception cref="SemiDefectException">A file cannot be written.</exception>
    public static BackboneManifest Write(string path, Action<Stream> write, Func<string, BackboneManifest> describe)
    {
        string manifestPath = Path.ChangeExtension(path, ".json");
        BackboneManifest? manifest = null;
        byte[] hash = [];

        // The network is not flushed to disk, which would take longer than everything else. The manifest is flushed
        // before the network is renamed. So whatever a power failure destroys, a network of that name has a hash beside
        // it that is compared on every use, and the network can be recreated from the weights.
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

                // Never write a manifest that cannot be read again.
                BackboneManifest.Parse(json, manifestPath);
                AtomicFile.Write(manifestPath, stream => stream.Write(json));
            });
        return manifest!;
    }
}
