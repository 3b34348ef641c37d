using Microsoft.Extensions.Logging;

namespace SemiDefect.Anomaly.Fleet;

/// <summary>The messages of the fleet.</summary>
internal static partial class FleetLog
{
    [LoggerMessage(1, LogLevel.Information, "{Worker} takes work from {Server}, {Threads} at once.")]
    public static partial void Started(this ILogger logger, string worker, string server, int threads);

    [LoggerMessage(2, LogLevel.Information, "Model {Name} is now {Fingerprint}.")]
    public static partial void NewVersion(this ILogger logger, string name, string fingerprint);

    [LoggerMessage(3, LogLevel.Warning, "Gave up run {Run}, '{Name}': {Reason}")]
    public static partial void GaveUp(this ILogger logger, string run, string name, string reason);

    [LoggerMessage(4, LogLevel.Warning, "{Reason}")]
    public static partial void NotLoaded(this ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Warning, "No worker is running; the work waits until one is started.")]
    public static partial void NoWorkers(this ILogger logger);
}
