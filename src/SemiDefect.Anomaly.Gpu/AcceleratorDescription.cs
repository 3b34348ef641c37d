namespace SemiDefect.Anomaly.Gpu;

/// <summary>An accelerator that was found.</summary>
/// <param name="Id">What chooses it: <c>cuda:0</c>, <c>opencl:1</c> or <c>emulated</c>.</param>
/// <param name="Kind">What drives it.</param>
/// <param name="Name">What its maker calls it.</param>
/// <param name="MemoryBytes">Its memory; the machine's for the emulation.</param>
/// <param name="Multiprocessors">Its multiprocessors (compute units).</param>
/// <param name="Driver">The driver's version, and what it can compile for.</param>
/// <param name="IsGpu">Whether <c>auto</c> may choose it: not the emulation, nor OpenCL on a CPU.</param>
public sealed record AcceleratorDescription(string Id, AcceleratorKind Kind, string Name, long MemoryBytes, int Multiprocessors, string Driver, bool IsGpu);
