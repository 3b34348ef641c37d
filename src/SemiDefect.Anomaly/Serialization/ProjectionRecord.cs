using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>The projection of the patches of a lane. Immutable and thread-safe.</summary>
/// <param name="Lane">The index of the lane.</param>
/// <param name="Kind">How it was learned.</param>
/// <param name="Inputs">Values per patch before it.</param>
/// <param name="Outputs">Values per patch after it.</param>
/// <param name="Sha256">SHA-256 of the matrix, hexadecimal.</param>
internal sealed record ProjectionRecord(int Lane, ProjectionKind Kind, int Inputs, int Outputs, string Sha256)
{
    /// <summary>No value of a matrix is larger, so that no patch overflows.</summary>
    public const double LargestValue = 1e6;

    /// <summary>The number of training steps; null if it was not trained.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Steps { get; init; }

    /// <summary>The shrinkage of a whitened projection; null for others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Shrinkage { get; init; }

    /// <summary>Outputs x inputs values, row by row; kept in a section of its own.</summary>
    [JsonIgnore]
    public float[] Matrix { get; init; } = [];

    /// <summary>The record of a projection of lane 0.</summary>
    public static ProjectionRecord Of(ProjectionKind kind, int inputs, int outputs, float[] matrix) =>
        new(
            0,
            kind,
            inputs,
            outputs,
            Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(matrix))))
        {
            Matrix = matrix,
        };
}
