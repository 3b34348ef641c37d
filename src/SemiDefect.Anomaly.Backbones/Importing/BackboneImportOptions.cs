using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Importing;

/// <summary>Options of an import. Immutable and thread-safe.</summary>
public sealed record BackboneImportOptions
{
    /// <summary>The outputs, in this order; empty for the architecture's default taps.</summary>
    public IReadOnlyList<string> Taps { get; init; } = [];

    /// <summary>The name in the manifest; null for the name of the output file without ".onnx".</summary>
    public string? Name { get; init; }

    /// <summary>An SPDX license identifier for the manifest.</summary>
    public string License { get; init; } = "unknown";

    /// <summary>Where the weights came from, in one line; null for the name of their file.</summary>
    public string? Origin { get; init; }

    /// <summary>A notice for the manifest, such as a copyright line; null for none.</summary>
    public string? Notice { get; init; }

    /// <summary>
    /// Whether weights are stored as float16 (rounded to nearest even), which halves the file. The network computes in
    /// float32 all the same. Ignored when a network is truncated.
    /// </summary>
    public bool IsHalf { get; init; }

    /// <summary>The normalization that the network expects.</summary>
    public BackboneInput Input { get; init; } = BackboneInput.ImageNet;
}
