using System.Reflection;
using ILGPU;
using ILGPU.Runtime;
using SemiDefect.Anomaly.Gpu.Kernels;

namespace SemiDefect.Anomaly.Gpu.Searching;

/// <summary>The search kernels for one list length, compiled for one device. As thread-safe as the device.</summary>
internal sealed class SearchKernels
{
    private SearchKernels(SearchLauncher search, MergeLauncher merge)
    {
        Search = search;
        Merge = merge;
    }

    /// <summary>Launches <see cref="SearchKernel.Run{TLength}"/>.</summary>
    public delegate void SearchLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<Quad> queries,
        ArrayView<Quad> bank,
        ArrayView<Quad> norms,
        ArrayView<float> keys,
        ArrayView<int> rows,
        int tiles,
        int panels,
        int panelsPerPart,
        int chunks);

    /// <summary>Launches <see cref="MergeKernel.Run{TLength}"/>.</summary>
    public delegate void MergeLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> partKeys,
        ArrayView<int> partRows,
        ArrayView<float> keys,
        ArrayView<int> rows,
        int tiles,
        int parts);

    /// <summary>The search.</summary>
    public SearchLauncher Search { get; }

    /// <summary>The merge of its parts.</summary>
    public MergeLauncher Merge { get; }

    /// <summary>
    /// The list length for a number of neighbors: a few more than requested, so that the last one bounds the rows that
    /// were left out; 0 if there is none.
    /// </summary>
    public static int SlotsFor(int k) => k switch { <= 8 => 16, <= 22 => 32, <= 50 => 64, _ => 0 };

    /// <summary>Compiles the kernels for lists of 16, 32 or 64.</summary>
    public static SearchKernels Load(Accelerator accelerator, int slots) => slots switch
    {
        16 => Load<SixteenSlots>(accelerator),
        32 => Load<ThirtyTwoSlots>(accelerator),
        _ => Load<SixtyFourSlots>(accelerator),
    };

    private static SearchKernels Load<TLength>(Accelerator accelerator)
        where TLength : struct, IListLength => new(
            accelerator.LoadKernel<SearchLauncher>(
                Method(typeof(SearchKernel), typeof(TLength)),
                new KernelSpecialization(SearchKernel.GroupSize, SearchKernel.GroupsPerMultiprocessor)),
            accelerator.LoadKernel<MergeLauncher>(
                Method(typeof(MergeKernel), typeof(TLength)),
                new KernelSpecialization(SearchKernel.TileQueries, null)));

    private static MethodInfo Method(Type kernel, Type length) =>
        kernel.GetMethod(
            nameof(SearchKernel.Run), BindingFlags.Static | BindingFlags.Public)!.MakeGenericMethod(length);
}
