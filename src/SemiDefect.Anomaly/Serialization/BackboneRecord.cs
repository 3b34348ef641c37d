using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>Which encoder a lane of a detector uses. Immutable and thread-safe.</summary>
public sealed record BackboneRecord
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// SHA-256 of the .onnx file, hexadecimal; of an encoder given in code, its <see cref="EncoderInfo.Identity"/>.
    /// </summary>
    public required string Sha256 { get; init; }

    /// <summary>The outputs used, in order; empty for an encoder given in code.</summary>
    public required IReadOnlyList<string> Taps { get; init; }

    /// <summary>Whether the network is inside the detector file.</summary>
    public required bool Included { get; init; }

    /// <summary>What is known of it.</summary>
    public BackboneManifest? Manifest { get; init; }

    /// <summary>Whether it is an encoder given in code, which must be given again to open the file.</summary>
    public bool IsCustom { get; init; }
}
