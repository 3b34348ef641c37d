using SemiDefect.Anomaly.Backbones.Architectures;
using SemiDefect.Anomaly.Backbones.Onnx;
using SemiDefect.Anomaly.Backbones.Weights;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Importing;

/// <summary>
/// Creates a backbone (NAME.onnx with NAME.json beside it) from weights or from a larger network. The file contains
/// only what the taps need; batch size, height and width are dynamic. Files are written atomically. Stateless.
/// </summary>
public static class BackboneImporter
{
    /// <summary>torchvision's names of the supported architectures.</summary>
    public static IReadOnlyList<string> Architectures { get; } =
        [.. ArchitectureCatalog.All.Select(architecture => architecture.Name)];

    /// <summary>The names of the modules whose outputs can be taps.</summary>
    /// <exception cref="BackboneException">There is no such architecture.</exception>
    public static IReadOnlyList<string> Taps(string architecture) => ArchitectureCatalog.Find(architecture).Taps;

    /// <summary>
    /// Imports a state dict with torchvision's parameter names from a .safetensors or torch .pth file. Batch
    /// normalization is folded into the convolutions, unless this was done already. Weights are streamed, so memory
    /// stays far below the size of the file. No code in the file is ever executed.
    /// </summary>
    /// <param name="weightsPath">The weights file; its format is detected from its content.</param>
    /// <param name="architecture">One of <see cref="Architectures"/>.</param>
    /// <param name="outputPath">The .onnx file to write.</param>
    /// <param name="options">The taps and the content of the manifest; null for the defaults.</param>
    /// <returns>The manifest as written.</returns>
    /// <exception cref="WeightsFormatException">
    /// The weights cannot be read, or belong to another architecture.
    /// </exception>
    /// <exception cref="BackboneException">There is no such architecture or tap.</exception>
    /// <exception cref="SemiDefectException">A file cannot be written.</exception>
    public static BackboneManifest FromWeights(
        string weightsPath,
        string architecture,
        string outputPath,
        BackboneImportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(weightsPath);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        options ??= new BackboneImportOptions();
        Architecture description = ArchitectureCatalog.Find(architecture);
        string[] taps = CheckTaps(description, options.Taps);
        using WeightsFile weights = WeightsFile.Open(weightsPath);
        var network = new NetworkBuilder(architecture, options.IsHalf);
        var assembler = new NetworkAssembler(network, new StateDict(weights), taps);
        description.Assemble(assembler);
        assembler.Finish();
        string origin = $"{architecture} from {options.Origin ?? weights.Name}";
        return BackboneWriter.Write(
            outputPath, network.WriteTo, sha256 => Describe(network, options, origin, outputPath, sha256));
    }

    /// <summary>
    /// Makes inner tensors of an ONNX network its outputs, removes everything after them, and drops unused weights. The
    /// result is run once to verify it and to determine the properties of the taps.
    /// </summary>
    /// <param name="networkPath">
    /// The .onnx file; values are taken over from the manifest beside it, if there is one.
    /// </param>
    /// <param name="taps">Names of tensors, or of nodes (which stand for their first output).</param>
    /// <param name="outputPath">The .onnx file to write.</param>
    /// <param name="options">The content of the manifest; its taps are ignored. Null for the defaults.</param>
    /// <returns>The manifest as written.</returns>
    /// <exception cref="BackboneException">
    /// The network cannot be read or run, or does not contain such a tensor.
    /// </exception>
    /// <exception cref="SemiDefectException">A file cannot be written.</exception>
    public static BackboneManifest Cut(
        string networkPath,
        IReadOnlyList<string> taps,
        string outputPath,
        BackboneImportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(networkPath);
        ArgumentNullException.ThrowIfNull(taps);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        if (taps.Count == 0)
        {
            throw new BackboneException("Say where to cut: name at least one tap.");
        }

        options ??= new BackboneImportOptions();
        BackboneFile whole = BackboneFile.Open(networkPath);
        using var content = new MemoryStream();
        OnnxCutter.Cut(whole.Content, taps, out IReadOnlyList<string> tensors).WriteTo(content);
        byte[] bytes = content.ToArray();
        var manifest = new BackboneManifest
        {
            Name = options.Name ?? Path.GetFileNameWithoutExtension(outputPath),
            License = whole.Manifest?.License ?? options.License,
            Origin =
                $"{options.Origin ?? whole.Manifest?.Origin ?? Path.GetFileName(networkPath)}, cut at "
                    + $"{string.Join(", ", taps)}",
            Notice = whole.Manifest?.Notice,
            Sha256 = string.Empty,
            Input = whole.Manifest?.Input ?? options.Input,
            Taps = ProbeTaps(bytes, tensors),
            DefaultTaps = tensors,
        };
        return BackboneWriter.Write(
            outputPath, stream => stream.Write(bytes), sha256 => manifest with { Sha256 = sha256 });
    }

    private static BackboneTap[] ProbeTaps(byte[] network, IReadOnlyList<string> tensors)
    {
        using OnnxBackbone backbone = OnnxBackbone.Load(
            BackboneFile.FromBytes("the cut network", network, null),
            new OnnxBackboneOptions { Taps = tensors, Device = ExecutionDevice.Cpu });
        return BackboneProbe.Taps(backbone, BackboneProbe.Run(backbone, 1));
    }

    /// <summary>The requested taps, or the default ones.</summary>
    /// <exception cref="BackboneException">The architecture has no such tap, or a tap is listed twice.</exception>
    internal static string[] CheckTaps(Architecture architecture, IReadOnlyList<string> requested)
    {
        string[] taps = [.. requested.Count > 0 ? requested : architecture.DefaultTaps];
        foreach (string tap in taps)
        {
            if (!architecture.Taps.Contains(tap, StringComparer.Ordinal))
            {
                throw new BackboneException(
                    $"{architecture.Name} has no tap '{tap}': choose from {string.Join(", ", architecture.Taps)}.");
            }
        }

        return taps.Distinct(StringComparer.Ordinal).Count() == taps.Length
            ? taps
            : throw new BackboneException("Name each tap once.");
    }

    private static BackboneManifest Describe(
        NetworkBuilder network,
        BackboneImportOptions options,
        string origin,
        string outputPath,
        string sha256) =>
        new()
        {
            Name = options.Name ?? Path.GetFileNameWithoutExtension(outputPath),
            License = options.License,
            Origin = origin,
            Notice = options.Notice,
            Sha256 = sha256,
            Input = options.Input with { Name = NetworkBuilder.Input.Name },
            Taps = network.Taps,
            DefaultTaps = [.. network.Taps.Select(tap => tap.Name)],
            MultiplyAdds224 = network.MultiplyAdds224,
        };
}
