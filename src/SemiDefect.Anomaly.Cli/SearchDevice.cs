using System.CommandLine;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Gpu;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Cli;

/// <summary>The option <c>--search-device</c>.</summary>
internal static class SearchDevice
{
    private const string Cpu = "cpu";

    public static Option<string> Option() => new("--search-device")
    {
        Description =
            "The device for the neighbor search: cpu, auto (a GPU if available), cuda, opencl, or a specific device as "
                + "listed by 'doctor' (such as cuda:1). Does not affect results.",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => Cpu,
    };

    /// <summary>Opens a device. Returns null for the CPU, without loading GPU libraries.</summary>
    public static SearchAccelerator? Open(string device, ILogger logger) =>
        string.Equals(device, Cpu, StringComparison.OrdinalIgnoreCase) ? null : OpenOther(device, logger);

    // A separate method, so that the runtime loads the GPU assembly only when needed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SearchAccelerator? OpenOther(string device, ILogger logger) =>
        AcceleratorChoice.Open(device, logger);
}
