using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Pulling;

/// <summary>What a pull leaves to choose. Immutable.</summary>
public sealed record PullOptions
{
    private readonly string? _sha256;

    /// <summary>An https address or a file to take the weights from; null for where they are published.</summary>
    public string? From { get; init; }

    /// <summary>The SHA-256 that the weights must have, or its first digits, 8 at least; null for that of the published file.</summary>
    /// <exception cref="SemiDefectException">It is not hexadecimal, or too short or long.</exception>
    public string? Sha256
    {
        get => _sha256;
        init => _sha256 = value is null || (value.Length is >= 8 and <= 64 && value.All(char.IsAsciiHexDigit))
            ? value
            : throw new SemiDefectException($"'{value}' is no SHA-256: give 8 to 64 hexadecimal digits.");
    }

    /// <summary>The outputs, in this order; empty for the architecture's default taps.</summary>
    public IReadOnlyList<string> Taps { get; init; } = [];

    /// <summary>The folder to put the backbone into; null for <see cref="UserBackbones.Folder"/>.</summary>
    public string? Folder { get; init; }
}
