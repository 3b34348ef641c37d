using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Banks;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>The whitening of the patches of a lane. Immutable and thread-safe.</summary>
/// <param name="Lane">The index of the lane.</param>
/// <param name="Dimension">Values per patch.</param>
/// <param name="Shrinkage">The share of the mean variance that was added to the variance of each direction.</param>
/// <param name="Sha256">SHA-256 of the matrix, hexadecimal.</param>
internal sealed record WhiteningRecord(int Lane, int Dimension, double Shrinkage, string Sha256)
{
    /// <summary>Dimension x dimension values, row by row; kept in a section of its own.</summary>
    [JsonIgnore]
    public float[] Matrix { get; init; } = [];

    /// <summary>What the score of a patch is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DeviationScore Score { get; init; }

    /// <summary>The record of a whitening of lane 0.</summary>
    public static WhiteningRecord Of(int dimension, double shrinkage, float[] matrix) =>
        new(
            0,
            dimension,
            shrinkage,
            Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(matrix))))
        {
            Matrix = matrix,
        };
}
