using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Server.Watching;

/// <summary>Decides about watched images: a detector of the watcher itself, or a server.</summary>
internal interface IWatchJudge : IDisposable
{
    /// <summary>The name of the model in reports.</summary>
    string Model { get; }

    /// <summary>Inspects images.</summary>
    /// <param name="files">The images.</param>
    /// <param name="heatmaps">Whether heatmaps of images that are abnormal or to be checked are wanted.</param>
    /// <param name="cancellationToken">Stops it between two images.</param>
    /// <returns>One result per image, in order.</returns>
    /// <exception cref="SemiDefectException">No decision is possible now; the images are tried again later.</exception>
    Task<IReadOnlyList<WatchDecision>> JudgeAsync(
        IReadOnlyList<FileToJudge> files,
        bool heatmaps,
        CancellationToken cancellationToken);
}

/// <summary>An image to inspect.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Name">Its '/'-separated path below the watched folder.</param>
/// <param name="Id">The id of its report, which stays the same when it is tried again.</param>
internal sealed record FileToJudge(string Path, string Name, string Id);

/// <summary>A decision about a watched image.</summary>
internal sealed record WatchDecision
{
    /// <summary>Why the image cannot be inspected; null if it was.</summary>
    public string? Error { get; init; }

    public double Score { get; init; }

    public double Threshold { get; init; }

    /// <summary>The check threshold; null for two answers only.</summary>
    public double? CheckThreshold { get; init; }

    public double? PValue { get; init; }

    public IReadOnlyList<Region> Regions { get; init; } = [];

    /// <summary>The version of the model: the first digits of the SHA-256 of its file.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>The address of the inspection in the history of a server.</summary>
    public string? Inspection { get; init; }

    /// <summary>The heatmap as PNG, of an image that is not normal if heatmaps are wanted.</summary>
    public byte[]? Heatmap { get; init; }

    public Decision Decision => new DecisionRule(Threshold, CheckThreshold).Decide(Score);
}
