using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>The encoder of a lane. Immutable and thread-safe.</summary>
public sealed record BackboneRecord
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// SHA-256 of the .onnx file, hexadecimal; for a custom encoder, its <see cref="EncoderInfo.Identity"/>.
    /// </summary>
    public required string Sha256 { get; init; }

    /// <summary>The outputs in use, in order; empty for a custom encoder.</summary>
    public required IReadOnlyList<string> Taps { get; init; }

    /// <summary>Whether the detector file contains the network.</summary>
    public required bool Included { get; init; }

    /// <summary>Its manifest.</summary>
    public BackboneManifest? Manifest { get; init; }

    /// <summary>Whether it is a custom encoder, which must be supplied to open the file.</summary>
    public bool IsCustom { get; init; }
}
