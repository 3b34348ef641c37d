namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>The format of raw anomaly maps.</summary>
internal enum RawFormat
{
    /// <summary>One-channel 32-bit float TIFF.</summary>
    Tiff,

    /// <summary>NumPy array [height, width], float32.</summary>
    Npy,
}
