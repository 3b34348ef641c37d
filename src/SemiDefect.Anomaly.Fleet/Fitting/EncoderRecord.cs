using System.Security.Cryptography;
using System.Text.Json;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Fleet.Messages;

namespace SemiDefect.Anomaly.Fleet.Fitting;

/// <summary>
/// The description of an encoder in the object store, with a view and the SHA-256 of its features: a worker encodes it
/// first, and is shut out if it computes others. Immutable.
/// </summary>
internal sealed record EncoderRecord
{
    /// <summary>The name of the network.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the network.</summary>
    public required string Network { get; init; }

    /// <summary>Whether the network has a manifest.</summary>
    public required bool HasManifest { get; init; }

    /// <summary>The outputs in use.</summary>
    public required IReadOnlyList<string> Taps { get; init; }

    /// <summary>How maps are pooled.</summary>
    public required PatchOptions Patches { get; init; }

    /// <summary>Pixels per row of the view.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of the view.</summary>
    public required int Height { get; init; }

    /// <summary>The pixels of the view: R, G, B, row by row.</summary>
    public required byte[] View { get; init; }

    /// <summary>SHA-256 of the features (float32, little-endian).</summary>
    public required string Features { get; init; }

    /// <summary>The object of an encoder.</summary>
    public static string Key(string encoder) => $"encoders/{encoder}";

    /// <summary>The object of a network.</summary>
    public static string NetworkKey(string sha256) => $"networks/{sha256}.onnx";

    /// <summary>The object of a network's manifest.</summary>
    public static string ManifestKey(string sha256) => $"networks/{sha256}.json";

    /// <summary>The bytes to store.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, FleetJson.Default.EncoderRecord);

    /// <summary>The identity of stored bytes.</summary>
    public static string IdentityOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
