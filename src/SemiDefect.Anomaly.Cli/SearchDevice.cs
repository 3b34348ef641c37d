using System.CommandLine;
using System.Runtime.CompilerServices;
using SemiDefect.Anomaly.Gpu;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Cli;

/// <summary>The option that says where neighbors are looked for.</summary>
internal static class SearchDevice
{
    private const string Cpu = "cpu";

    public static Option<string> Option() => new("--search-device")
    {
        Description = "Where neighbors are looked for: cpu, auto (a GPU if there is one), cuda, opencl, or one of several as 'doctor' lists them (cuda:1). Does not change results.",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => Cpu,
    };

    /// <summary>Opens the device asked for; null for the CPU, for which nothing of the GPU's is loaded.</summary>
    public static SearchAccelerator? Open(string device, Action<string> notice) =>
        string.Equals(device, Cpu, StringComparison.OrdinalIgnoreCase) ? null : OpenOther(device, notice);

    // Kept apart, so that the runtime does not load what only this needs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SearchAccelerator? OpenOther(string device, Action<string> notice) => AcceleratorChoice.Open(device, notice);
}
