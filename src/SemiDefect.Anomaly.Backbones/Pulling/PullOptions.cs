using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Pulling;

/// <summary>Options of a pull. Immutable and thread-safe.</summary>
public sealed record PullOptions
{
    private readonly string? _sha256;

    /// <summary>An https address or a file to take the weights from; null for the published address.</summary>
    public string? From { get; init; }

    /// <summary>
    /// The required SHA-256 of the weights, or at least its first 8 digits; null for that of the published file.
    /// </summary>
    /// <exception cref="SemiDefectException">The value is not hexadecimal, too short, or too long.</exception>
    public string? Sha256
    {
        get => _sha256;
        init => _sha256 = value is null || (value.Length is >= 8 and <= 64 && value.All(char.IsAsciiHexDigit))
            ? value
            : throw new SemiDefectException($"'{value}' is not a SHA-256: give 8 to 64 hexadecimal digits.");
    }

    /// <summary>The outputs, in this order; empty for the architecture's default taps.</summary>
    public IReadOnlyList<string> Taps { get; init; } = [];

    /// <summary>The folder for the backbone; null for <see cref="BackboneFile.UserFolder"/>.</summary>
    public string? Folder { get; init; }
}
