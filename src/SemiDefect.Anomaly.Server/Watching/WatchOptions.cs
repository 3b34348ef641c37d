using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Server.Watching;

/// <summary>Options for watching a folder. Immutable; <see cref="FolderWatcher.Open"/> validates them.</summary>
public sealed record WatchOptions
{
    /// <summary>The detector file, which may be replaced while it is used; with a server, the name of a model there.
    /// </summary>
    public required string ModelPath { get; init; }

    /// <summary>
    /// The address of a server that inspects the images, with its active version, and keeps them in its history. Null
    /// to inspect here.
    /// </summary>
    public Uri? Server { get; init; }

    /// <summary>The API key for the server; null for none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The station of the images in the history of the server; null for none, and without a server.</summary>
    public string? Station { get; init; }

    /// <summary>The folder that images arrive in, including its subfolders.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// The output folder, with the subfolders normal, check, abnormal and unreadable; images keep their relative paths.
    /// It may be inside the watched folder.
    /// </summary>
    public required string OutputFolder { get; init; }

    /// <summary>
    /// Whether images are moved to the output folder; otherwise only their reports are written there.
    /// </summary>
    public bool Move { get; init; } = true;

    /// <summary>
    /// Whether a heatmap is written next to each report of an image that is abnormal or to be checked.
    /// </summary>
    public bool Heatmaps { get; init; }

    /// <summary>The address that each report is posted to; null for none.</summary>
    public Uri? Webhook { get; init; }

    /// <summary>The time between two scans of the folder.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a file must be unchanged to count as complete.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The device that the network runs on.</summary>
    public ExecutionDevice Device { get; init; } = ExecutionDevice.Auto;

    /// <summary>The number of threads; 0 for one per core.</summary>
    public int Threads { get; init; }

    /// <summary>Limits on images.</summary>
    public ImageLimits ImageLimits { get; init; } = new();

    /// <summary>Creates the logger for decisions and problems. The caller disposes it.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
