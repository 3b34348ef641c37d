namespace SemiDefect.Anomaly.Encoders;

/// <summary>Where the backbone runs.</summary>
public enum ExecutionDevice
{
    /// <summary>CUDA if this build and this machine support it, otherwise the CPU.</summary>
    Auto,

    /// <summary>The CPU: the reference, with identical features on every operating system.</summary>
    Cpu,

    /// <summary>CUDA; an error if this build or this machine does not support it.</summary>
    Cuda,
}
