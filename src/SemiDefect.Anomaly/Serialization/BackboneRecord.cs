using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>Which network a detector uses.</summary>
public sealed record BackboneRecord
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the .onnx file, hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The outputs used, in order.</summary>
    public required IReadOnlyList<string> Taps { get; init; }

    /// <summary>Whether the network is inside the detector file.</summary>
    public required bool Included { get; init; }

    /// <summary>What is known of it.</summary>
    public BackboneManifest? Manifest { get; init; }
}
