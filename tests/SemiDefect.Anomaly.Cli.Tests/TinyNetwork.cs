using System.Security.Cryptography;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

/// <summary>
/// A network whose features are the colors. Its results are the same on every machine, and independent of the default
/// network.
/// </summary>
internal static class TinyNetwork
{
    public static string Write(string folder)
    {
        byte[] network = TinyOnnx.Relu([0, 3, 0, 0], [0, 3, 0, 0]);
        var manifest = new BackboneManifest
        {
            Name = "tiny",
            License = "MIT",
            Origin = "Relu of the colors, for tests.",
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(network)),
            Input = new BackboneInput(null, [0, 0, 0], [1, 1, 1]),
            Taps = [new BackboneTap("output", 3, 1)],
            DefaultTaps = ["output"],
        };
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "tiny.json"), manifest.ToJson());
        string path = Path.Combine(folder, "tiny.onnx");
        File.WriteAllBytes(path, network);
        return path;
    }
}
