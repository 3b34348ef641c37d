namespace SemiDefect.Anomaly.Cli;

/// <summary>The numbers that the networks of a detector compute with.</summary>
internal enum NetworkPrecision
{
    /// <summary>The networks as they are.</summary>
    Float32,

    /// <summary>Networks quantized to 8 bits on the good images.</summary>
    Int8,
}
