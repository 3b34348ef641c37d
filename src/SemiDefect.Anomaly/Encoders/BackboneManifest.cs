using System.Text.Json;
using System.Text.Json.Serialization;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// The description of a network: the JSON file NAME.json next to NAME.onnx. Immutable and thread-safe.
/// </summary>
public sealed record BackboneManifest
{
    /// <summary>The version of this file format: 1.</summary>
    public int Format { get; init; } = 1;

    /// <summary>A short name, as given to <c>--backbone</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the network.</summary>
    public string Version { get; init; } = "1";

    /// <summary>An SPDX license identifier, or "unknown".</summary>
    public required string License { get; init; }

    /// <summary>The origin of the network, in one line.</summary>
    public required string Origin { get; init; }

    /// <summary>Attributions required by the licenses of the sources; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Notice { get; init; }

    /// <summary>SHA-256 of the .onnx file, hexadecimal.</summary>
    [JsonPropertyName("sha256")]
    public required string Sha256 { get; init; }

    /// <summary>The input's name and normalization.</summary>
    public required BackboneInput Input { get; init; }

    /// <summary>The outputs that can be used as taps.</summary>
    public required IReadOnlyList<BackboneTap> Taps { get; init; }

    /// <summary>The default taps.</summary>
    public required IReadOnlyList<string> DefaultTaps { get; init; }

    /// <summary>Multiply-adds for one 224 x 224 image; 0 if unknown.</summary>
    public long MultiplyAdds224 { get; init; }

    /// <summary>How the network was quantized to 8 bits; null for a float32 network.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BackboneQuantization? Quantization { get; init; }

    /// <summary>Reads and validates a manifest.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="name">The name for messages.</param>
    /// <exception cref="BackboneException">It is not a manifest of a supported version.</exception>
    public static BackboneManifest Parse(ReadOnlySpan<byte> json, string name)
    {
        BackboneManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, BackboneJson.Default.BackboneManifest);
        }
        catch (JsonException error)
        {
            throw new BackboneException(
                $"The manifest '{name}' is not valid: {error.Message.ReplaceLineEndings(" ")} Correct it, or remove it "
                    + "to use the network without one.",
                error);
        }

        if (manifest is not
            { Format: 1, Input: not null, Taps: not null, DefaultTaps: not null, Sha256: not null, Name: not null })
        {
            throw new BackboneException(
                $"The manifest '{name}' is not of format 1. Correct it, or remove it to use the network without one.");
        }

        // A detector file that contains the network also contains these values, and could not be read again.
        string?[] names = [manifest.Name, manifest.Version, manifest.License, manifest.Origin, .. manifest.DefaultTaps];
        if (!names.All(PlainText.IsName))
        {
            throw new BackboneException(
                $"The manifest '{name}' must give its name, version, license, origin and default taps in one line "
                    + "each, of 1 to 1000 characters.");
        }

        if (!IsNormalization(manifest.Input))
        {
            throw new BackboneException(
                $"The manifest '{name}' must give three finite means and three positive deviations.");
        }

        return manifest;
    }

    /// <summary>The manifest as indented JSON with '\n' line ends.</summary>
    public byte[] ToJson()
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(this, BackboneJson.Default.BackboneManifest);
        return [.. json, (byte)'\n'];
    }

    private static bool IsNormalization(BackboneInput input) =>
        input.Mean is { Count: 3 }
            && input.Std is { Count: 3 }
            && input.Mean.All(float.IsFinite)
            && input.Std.All(value => float.IsFinite(value) && value > 0);
}

/// <summary>
/// The input normalization of a network: RGB scaled to 0..1, minus <paramref name="Mean"/>, divided by
/// <paramref name="Std"/>.
/// </summary>
/// <param name="Name">The name of the ONNX input, or null for the only one.</param>
/// <param name="Mean">Three values, R, G, B.</param>
/// <param name="Std">Three values, R, G, B.</param>
public sealed record BackboneInput(string? Name, IReadOnlyList<float> Mean, IReadOnlyList<float> Std)
{
    /// <summary>The normalization of torchvision's ImageNet networks, the default without a manifest.</summary>
    public static BackboneInput ImageNet { get; } = new(null, [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);
}

/// <summary>A network output used as features.</summary>
/// <param name="Name">The name of the ONNX output.</param>
/// <param name="Channels">Its number of channels.</param>
/// <param name="Stride">Input pixels per grid cell.</param>
public sealed record BackboneTap(string Name, int Channels, int Stride);

/// <summary>How a network was quantized to 8 bits.</summary>
/// <param name="Images">The number of good images used to measure the ranges.</param>
/// <param name="RelativeErrors">The relative error of each tap: |q - f| / |f|, with norms over all values of these
/// images.</param>
public sealed record BackboneQuantization(int Images, IReadOnlyList<double> RelativeErrors);
