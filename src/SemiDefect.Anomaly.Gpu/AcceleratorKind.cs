namespace SemiDefect.Anomaly.Gpu;

/// <summary>The kind of driver of an accelerator.</summary>
public enum AcceleratorKind
{
    /// <summary>NVIDIA's driver.</summary>
    Cuda,

    /// <summary>An OpenCL driver.</summary>
    OpenCL,

    /// <summary>
    /// ILGPU's emulator, which runs the same kernels on CPU threads: far slower than the CPU's own search, for tests.
    /// </summary>
    Emulated,
}
