using ILGPU;
using ILGPU.Runtime;
using SemiDefect.Anomaly.Gpu.Kernels;

namespace SemiDefect.Anomaly.Gpu.Selecting;

/// <summary>The kernels of the coreset, compiled for one device. As thread-safe as the device.</summary>
internal sealed class CenterKernels(Accelerator accelerator)
{
    /// <summary>Launches <see cref="CenterKernel.Run"/>.</summary>
    public delegate void RunLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> codes,
        ArrayView<float> limits,
        ArrayView<int> found,
        int pick,
        float extra,
        int padded,
        int columns);

    /// <summary>Launches <see cref="CenterKernel.Lower"/>.</summary>
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
        typeof(CenterKernel).GetMethod(nameof(CenterKernel.Run))!,
        new KernelSpecialization(CenterKernel.GroupSize, null));

    /// <summary>Lowers limits.</summary>
    public LowerLauncher Lower { get; } = accelerator.LoadKernel<LowerLauncher>(
        typeof(CenterKernel).GetMethod(nameof(CenterKernel.Lower))!,
        new KernelSpecialization(CenterKernel.GroupSize, null));
}
