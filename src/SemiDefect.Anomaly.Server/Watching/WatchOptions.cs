using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Server.Watching;

/// <summary>How a folder is watched. Immutable; <see cref="FolderWatcher.Open"/> refuses what cannot work.</summary>
public sealed record WatchOptions
{
    /// <summary>The detector file.</summary>
    public required string ModelPath { get; init; }

    /// <summary>The folder that images arrive in, with all folders below it.</summary>
    public required string Folder { get; init; }

    /// <summary>Where verdicts go: normal, abnormal and unreadable, each with the images' relative paths. May lie in the watched folder.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>Whether images are moved to their verdict's folder; otherwise they stay, and only their report goes there.</summary>
    public bool Move { get; init; } = true;

    /// <summary>Whether a heatmap is written beside each report of an abnormal image.</summary>
    public bool Heatmaps { get; init; }

    /// <summary>Told of each verdict by an HTTP POST of its report; null for nobody.</summary>
    public Uri? Webhook { get; init; }

    /// <summary>How often the folder is listed.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a file must have stayed as it is to count as complete.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Where the network runs.</summary>
    public ExecutionDevice Device { get; init; } = ExecutionDevice.Auto;

    /// <summary>Threads, or 0 for one per core.</summary>
    public int Threads { get; init; }

    /// <summary>Limits on the images read.</summary>
    public ImageLimits ImageLimits { get; init; } = new();

    /// <summary>Makes the logger of each decision and of each problem. It is not disposed of here.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
