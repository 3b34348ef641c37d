using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly;

/// <summary>How a saved detector is executed. Immutable.</summary>
public sealed record LoadOptions
{
    /// <summary>The device of the backbone.</summary>
    public ExecutionDevice Device { get; init; } = ExecutionDevice.Auto;

    /// <summary>Threads, or 0 for one per core. Does not change results.</summary>
    /// <exception cref="SemiDefectException">It is below 0.</exception>
    public int Threads
    {
        get;
        init => field = CheckedThreads(value);
    }

    /// <summary>Images per run of the backbone, 1 to 1024. Does not change results on the CPU.</summary>
    /// <exception cref="SemiDefectException">It is out of range.</exception>
    public int BatchSize
    {
        get;
        init => field = CheckedBatchSize(value);
    } = 8;

    /// <summary>
    /// The device for searches; null for the CPU. Does not change results. Not owned: it must outlive the detector.
    /// </summary>
    public SearchAccelerator? Accelerator { get; init; }

    /// <summary>
    /// The networks for a detector file that does not contain them, identified by their SHA-256.
    /// </summary>
    public IReadOnlyList<BackboneFile> Backbones { get; init; } = [];

    /// <summary>
    /// The encoder for a detector that was fitted with a custom encoder; must have the same identity. The detector
    /// takes ownership of it and shares it with the detectors that updates and merges make of it; the last of them
    /// disposes of it.
    /// </summary>
    public IPatchEncoder? Encoder { get; init; }

    /// <summary>Limits on the images read.</summary>
    public ImageLimits ImageLimits { get; init; } = new();

    /// <summary>
    /// What the patch embeddings of an update and all that is made of them may take, in bytes, 64 MiB or more; an
    /// update that needs more is refused.
    /// </summary>
    /// <exception cref="SemiDefectException">It is less.</exception>
    public long MaxMemory
    {
        get;
        init => field = MemoryPlan.Checked(value);
    } = MemoryPlan.Default;

    /// <summary>Told of what did not go as asked but could be helped, one line each.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    internal static int CheckedBatchSize(int value) =>
        value is >= 1 and <= 1024
            ? value
            : throw new SemiDefectException($"The batch size must be between 1 and 1024, not {value}.");

    internal static int CheckedThreads(int value) =>
        value is >= 0 and <= 1024
            ? value
            : throw new SemiDefectException($"The number of threads must be between 0 and 1024, not {value}.");
}
