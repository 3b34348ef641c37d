namespace SemiDefect.Anomaly.Gpu;

/// <summary>An available accelerator. Immutable and thread-safe.</summary>
/// <param name="Id">The name that selects it: <c>cuda:0</c>, <c>opencl:1</c> or <c>emulated</c>.</param>
/// <param name="Kind">The kind of driver.</param>
/// <param name="Name">The name given by the manufacturer.</param>
/// <param name="MemoryBytes">Its memory in bytes; for the emulator, that of the machine.</param>
/// <param name="Multiprocessors">Number of multiprocessors (compute units).</param>
/// <param name="Driver">The version of the driver, and its compilation target.</param>
/// <param name="IsGpu">Whether <c>auto</c> may select it: neither the emulator nor OpenCL on a CPU.</param>
public sealed record AcceleratorDescription(
    string Id,
    AcceleratorKind Kind,
    string Name,
    long MemoryBytes,
    int Multiprocessors,
    string Driver,
    bool IsGpu);
