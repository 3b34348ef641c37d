using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace SemiDefect.Anomaly.Fleet;

/// <summary>How a worker runs. Immutable.</summary>
public sealed record FleetWorkerOptions
{
    /// <summary>The connection.</summary>
    public required FleetOptions Fleet { get; init; }

    /// <summary>The name: letters, digits, '-', '_' and '.'; every worker of a fleet needs its own.</summary>
    public string Name { get; init; } = DefaultName;

    /// <summary>The number of images inspected at once, and of threads; 0 for one per core.</summary>
    public int Threads { get; init; }

    /// <summary>The folder for detector files, which workers of one machine may share.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>
    /// The folder of shared images: tasks may name files in it instead of sending them. Null for none.
    /// </summary>
    public string? SharedFolder { get; init; }

    /// <summary>Told of the start, of new models and of what was given up, one line each.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>How detectors are opened; its thread count is set by <see cref="Threads"/>.</summary>
    public LoadOptions Load { get; init; } = new();

    private static string DefaultName
    {
        get
        {
            string machine = string.Concat(Environment.MachineName.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
            return $"{machine}-{Environment.ProcessId}";
        }
    }
}
