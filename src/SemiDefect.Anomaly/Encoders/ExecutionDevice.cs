namespace SemiDefect.Anomaly.Encoders;

/// <summary>Where the backbone runs.</summary>
public enum ExecutionDevice
{
    /// <summary>CUDA when this build and this machine have it, otherwise the CPU.</summary>
    Auto,

    /// <summary>The CPU: the reference, the same features on every operating system.</summary>
    Cpu,

    /// <summary>CUDA; refused where this build or this machine lacks it.</summary>
    Cuda,
}
