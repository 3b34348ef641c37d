using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Weights;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// The bytes of a network and its manifest: from a file, from SemiDefect.Anomaly.Weights, or from a detector file.
/// Immutable and thread-safe.
/// </summary>
public sealed class BackboneFile
{
    private const long LargestFile = 2_000_000_000;

    private BackboneFile(string name, byte[] content, string sha256, BackboneManifest? manifest)
    {
        Name = name;
        Content = content;
        Sha256 = sha256;
        Manifest = manifest;
    }

    /// <summary>The name of the default network.</summary>
    public static string DefaultName => Embedded[0];

    /// <summary>The networks embedded in SemiDefect.Anomaly.Weights, the default first.</summary>
    public static IReadOnlyList<string> Embedded { get; } = ["compact", "resnet18"];

    /// <summary>
    /// The folder of the networks installed by the user, NAME.onnx with NAME.json, which are named like the embedded
    /// ones; it need not exist. "backbones" in the value of the environment variable SEMIDEFECT_HOME, or in
    /// "semidefect" in the system's folder for local application data.
    /// </summary>
    public static string UserFolder => Path.Combine(Home, "backbones");

    /// <summary>The names of the networks installed by the user, in ordinal order.</summary>
    /// <exception cref="BackboneException">The folder cannot be listed.</exception>
    public static IReadOnlyList<string> Installed
    {
        get
        {
            try
            {
                return Directory.Exists(UserFolder)
                    ? [.. Directory.EnumerateFiles(UserFolder, "*.onnx")
                        .Where(path => File.Exists(Path.ChangeExtension(path, ".json")))
                        .Select(path => Path.GetFileNameWithoutExtension(path))
                        .Order(StringComparer.Ordinal)]
                    : [];
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new BackboneException($"Cannot list the backbones in '{UserFolder}': {error.Message}", error);
            }
        }
    }

    /// <summary>The names of the embedded and the installed networks, the default first.</summary>
    public static IReadOnlyList<string> Names => [.. Embedded.Concat(Installed).Distinct(StringComparer.Ordinal)];

    private static string Home =>
        Environment.GetEnvironmentVariable("SEMIDEFECT_HOME") is { Length: > 0 } home
            ? Path.GetFullPath(home)
            : Path.Combine(
                Environment.GetFolderPath(
                    Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                "semidefect");

    /// <summary>The name for messages: the manifest's name, or the file's.</summary>
    public string Name { get; }

    /// <summary>The ONNX model.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>SHA-256 of <see cref="Content"/>, lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>The manifest; null if the file has none.</summary>
    public BackboneManifest? Manifest { get; }

    /// <summary>The normalization that the network expects.</summary>
    public BackboneInput Input => Manifest?.Input ?? BackboneInput.ImageNet;

    /// <summary>
    /// Opens an embedded or an installed network by name, or a file by path.
    /// </summary>
    /// <exception cref="BackboneException">
    /// There is no such network, or its content does not match its manifest.
    /// </exception>
    public static BackboneFile Open(string nameOrPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrPath);
        if (Embedded.Contains(nameOrPath, StringComparer.Ordinal))
        {
            return FromBytes(
                nameOrPath,
                ReadEmbedded($"{nameOrPath}.onnx"),
                BackboneManifest.Parse(ReadEmbedded($"{nameOrPath}.json"), nameOrPath));
        }

        string path = File.Exists(nameOrPath)
            ? nameOrPath
            : FindInstalled(nameOrPath)
                ?? throw new BackboneException(
                    $"There is no backbone '{nameOrPath}': give an .onnx file or one of: "
                        + $"{string.Join(", ", Embedded.Concat(Installed))}.");
        try
        {
            RegularFile.Require(path);
            long length = new FileInfo(path).Length;
            if (length > LargestFile)
            {
                throw new BackboneException(
                    $"'{path}' has {length} bytes; networks of up to {LargestFile} bytes are supported.");
            }

            string manifestPath = Path.ChangeExtension(path, ".json");
            if (File.Exists(manifestPath))
            {
                RegularFile.Require(manifestPath);
            }

            BackboneManifest? manifest = File.Exists(manifestPath)
                ? BackboneManifest.Parse(File.ReadAllBytes(manifestPath), manifestPath)
                : null;
            return FromBytes(
                manifest?.Name ?? Path.GetFileNameWithoutExtension(path), File.ReadAllBytes(path), manifest);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BackboneException($"Cannot read the backbone '{nameOrPath}': {error.Message}", error);
        }
    }

    /// <summary>The .onnx file of a network installed by the user, or null if there is none.</summary>
    public static string? FindInstalled(string name) =>
        Installed.Contains(name, StringComparer.Ordinal) ? Path.Combine(UserFolder, $"{name}.onnx") : null;

    /// <summary>Wraps bytes in memory.</summary>
    /// <exception cref="BackboneException">The content does not match the manifest.</exception>
    public static BackboneFile FromBytes(string name, byte[] content, BackboneManifest? manifest)
    {
        ArgumentNullException.ThrowIfNull(content);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        if (manifest is not null && !string.Equals(manifest.Sha256, sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new BackboneException(
                $"The backbone '{name}' does not match its manifest (SHA-256 is {sha256}, expected {manifest.Sha256}): "
                    + "fetch or make it again.");
        }

        return new BackboneFile(name, content, sha256, manifest);
    }

    /// <summary>
    /// An encoder that runs the network, for a <see cref="DelegatingPatchEncoder"/>. Thread-safe; the caller disposes
    /// of it.
    /// </summary>
    /// <param name="patches">How its maps are pooled; null for the defaults.</param>
    /// <param name="options">How it is executed; null for the defaults.</param>
    /// <exception cref="BackboneException">The network is not suitable.</exception>
    public IPatchEncoder CreateEncoder(PatchOptions? patches = null, OnnxBackboneOptions? options = null) =>
        new OnnxPatchEncoder(this, OnnxBackbone.Load(this, options), patches ?? new PatchOptions());

    private static byte[] ReadEmbedded(string fileName)
    {
        try
        {
            using Stream stream = OpenEmbedded(fileName)
                ?? throw new BackboneException($"This build lacks the embedded backbone file '{fileName}'.");
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content;
        }
        catch (FileNotFoundException error)
        {
            // A program that only inspects may leave out the package: detector files contain their networks.
            throw new BackboneException(
                $"The embedded backbone file '{fileName}' is missing: reference the package "
                    + "SemiDefect.Anomaly.Weights, or give an .onnx file.",
                error);
        }
    }

    // On its own, so that only its caller meets the missing assembly.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Stream? OpenEmbedded(string fileName) => EmbeddedNetworks.Open(fileName);
}
