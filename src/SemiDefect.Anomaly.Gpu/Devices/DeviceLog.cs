using Microsoft.Extensions.Logging;

namespace SemiDefect.Anomaly.Gpu.Devices;

/// <summary>Everything that this assembly logs, one line each. Stateless.</summary>
internal static partial class DeviceLog
{
    [LoggerMessage(201, LogLevel.Warning, "The GPU cannot be used ({Reason}); continuing on the CPU.")]
    public static partial void DeviceUnusable(this ILogger logger, string reason);

    [LoggerMessage(202, LogLevel.Warning, "{Reason} Continuing on the CPU, with the same results.")]
    public static partial void DeviceLost(this ILogger logger, string reason);
}
