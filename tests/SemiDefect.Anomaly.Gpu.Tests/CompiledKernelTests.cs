using System.Reflection;
using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using SemiDefect.Anomaly.Gpu.Kernels;

namespace SemiDefect.Anomaly.Gpu.Tests;

/// <summary>
/// Inspects the code that ILGPU generates from the kernels for NVIDIA GPUs, which needs no GPU: values stay in
/// registers, memory is read 16 bytes at a time, and shared memory is within the limits of every GPU.
/// </summary>
public sealed class CompiledKernelTests
{
    private const int SharedMemory = 48 * 1024;

    [Theory]
    [InlineData(typeof(SixteenSlots))]
    [InlineData(typeof(ThirtyTwoSlots))]
    [InlineData(typeof(SixtyFourSlots))]
    public void The_search_keeps_its_sums_in_registers_and_reads_sixteen_bytes_at_a_time(Type length)
    {
        string code = Compile(
            typeof(SearchKernel).GetMethod(nameof(SearchKernel.Run))!.MakeGenericMethod(length),
            SearchKernel.GroupSize,
            SearchKernel.GroupsPerMultiprocessor);
        Assert.DoesNotContain(".local", code, StringComparison.Ordinal);
        Assert.Equal(4, Regex.Count(code, @"ld\.shared\.v4\.f32"));
        Assert.Equal(64, Regex.Count(code, @"\bmul\.f32"));
        Assert.True(Regex.Count(code, @"ld(\.global)?\.v4\.f32") >= 8, "tiles, panels and norms are read by 16 bytes");

        // With a rounding mode, multiplication and addition would not be fused: within the bounds, but half as fast.
        Assert.DoesNotContain("mul.rn.f32", code, StringComparison.Ordinal);
        Assert.Contains(".maxntid 128", code, StringComparison.Ordinal);
        Assert.Contains(".minnctapersm 4", code, StringComparison.Ordinal);
        Assert.InRange(SharedBytes(code), 12 * 1024, SharedMemory);
    }

    [Fact]
    public void The_other_kernels_meet_the_limits_as_well()
    {
        foreach ((MethodInfo kernel, int group) in new[]
        {
            (
                typeof(MergeKernel).GetMethod(nameof(MergeKernel.Run))!.MakeGenericMethod(typeof(SixtyFourSlots)),
                SearchKernel.TileQueries),
            (typeof(CenterKernel).GetMethod(nameof(CenterKernel.Run))!, CenterKernel.GroupSize),
            (typeof(CenterKernel).GetMethod(nameof(CenterKernel.Lower))!, CenterKernel.GroupSize),
        })
        {
            string code = Compile(kernel, group, null);
            Assert.DoesNotContain(".local", code, StringComparison.Ordinal);
            Assert.InRange(SharedBytes(code), 0, SharedMemory);
        }
    }

    private static int SharedBytes(string code) =>
        Regex.Matches(code, @"\.shared [^\[]*\[(\d+)\]")
            .Sum(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));

    private static string Compile(MethodInfo kernel, int group, int? groupsPerMultiprocessor)
    {
        using Context context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2));
        using var backend = (PTXBackend)Activator.CreateInstance(
            typeof(PTXBackend),
            context,
            Capabilities(),
            CudaArchitecture.SM_80,
            CudaInstructionSet.ISA_70,
            null)!;
        EntryPointDescription entry = EntryPointDescription.FromExplicitlyGroupedKernel(kernel);
        var specialization = new KernelSpecialization(group, groupsPerMultiprocessor);
        return ((PTXCompiledKernel)backend.Compile(entry, specialization)).PTXAssembly;
    }

    private static object Capabilities() => Activator.CreateInstance(
        typeof(CudaCapabilityContext),
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance,
        null,
        [CudaArchitecture.SM_80],
        null)!;
}
