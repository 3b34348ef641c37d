using ILGPU;
using ILGPU.Runtime;
using SemiDefect.Anomaly.Gpu.Kernels;

namespace SemiDefect.Anomaly.Gpu.Selecting;

/// <summary>The coreset's kernels, compiled for one device. Thread-safe as far as the device is.</summary>
internal sealed class CenterKernels(Accelerator accelerator)
{
    /// <summary>Starts <see cref="CenterKernel.Run"/>.</summary>
    public delegate void RunLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> images,
        ArrayView<float> limits,
        ArrayView<int> found,
        int pick,
        float extra,
        int padded,
        int columns);

    /// <summary>Starts <see cref="CenterKernel.Lower"/>.</summary>
    public delegate void LowerLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> limits,
        ArrayView<int> positions,
        ArrayView<float> lowered,
        int count,
        ArrayView<int> found);

    /// <summary>Finds the rows near a pick.</summary>
    public RunLauncher Run { get; } = accelerator.LoadKernel<RunLauncher>(
        typeof(CenterKernel).GetMethod(nameof(CenterKernel.Run))!, new KernelSpecialization(CenterKernel.GroupSize, null));

    /// <summary>Lowers limits.</summary>
    public LowerLauncher Lower { get; } = accelerator.LoadKernel<LowerLauncher>(
        typeof(CenterKernel).GetMethod(nameof(CenterKernel.Lower))!, new KernelSpecialization(CenterKernel.GroupSize, null));
}
