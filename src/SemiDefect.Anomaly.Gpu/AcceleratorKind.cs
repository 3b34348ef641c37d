namespace SemiDefect.Anomaly.Gpu;

/// <summary>What drives an accelerator.</summary>
public enum AcceleratorKind
{
    /// <summary>NVIDIA's driver.</summary>
    Cuda,

    /// <summary>An OpenCL driver.</summary>
    OpenCL,

    /// <summary>ILGPU's emulation of a GPU by threads of the CPU: the same kernels, far slower than the CPU's own search; for checks.</summary>
    Emulated,
}
