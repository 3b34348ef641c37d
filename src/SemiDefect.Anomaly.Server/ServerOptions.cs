using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Server.Security;

namespace SemiDefect.Anomaly.Server;

/// <summary>How the server is run. Immutable; <see cref="InspectionServer.Create"/> refuses what cannot work.</summary>
public sealed record ServerOptions
{
    /// <summary>The folder of the detector files (*.sdad); made where it is missing.</summary>
    public required string ModelsFolder { get; init; }

    /// <summary>The folder of the history, the pictures and the training images; one server at a time may use it.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where to listen: http://HOST:PORT, HOST being an address, localhost or * (all addresses); port 0 takes a free one.</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:8080"];

    /// <summary>The key that every call of the API must carry, 16 characters or more; null for none, which only loopback addresses allow.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The largest image in bytes.</summary>
    public int MaxImageBytes { get; init; } = 64 << 20;

    /// <summary>The largest request in bytes, but for the upload of a detector file.</summary>
    public long MaxRequestBytes { get; init; } = 256L << 20;

    /// <summary>The largest detector file that may be uploaded, in bytes.</summary>
    public long MaxModelBytes { get; init; } = 4L << 30;

    /// <summary>The most pixels of an image.</summary>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>The most images of one request.</summary>
    public int MaxImagesPerRequest { get; init; } = 256;

    /// <summary>The most images accepted and not answered; beyond it, 429.</summary>
    public int QueueCapacity { get; init; } = 64;

    /// <summary>The most bytes of requests accepted and not answered; beyond it, 429.</summary>
    public long MaxPendingBytes { get; init; } = 512L << 20;

    /// <summary>The most images inspected together.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>How long an image may wait for others to be inspected together with.</summary>
    public TimeSpan BatchDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a request may take, from its first byte to its answer.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stop waits for what was accepted.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most bytes of inspected images and maps that are kept; beyond it, the oldest go.</summary>
    public long PictureBytes { get; init; } = 10L << 30;

    /// <summary>The most inspections that the history keeps; beyond it, the oldest go.</summary>
    public long MaxInspections { get; init; } = 10_000_000;

    /// <summary>The most bytes of training images per model.</summary>
    public long TrainingBytes { get; init; } = 8L << 30;

    /// <summary>The most detectors held ready at once; beyond it, the one not used for longest is closed.</summary>
    public int MaxLoadedModels { get; init; } = 4;

    /// <summary>Threads of a detector, or 0 for one per core.</summary>
    public int Threads { get; init; }

    /// <summary>Where the networks run.</summary>
    public ExecutionDevice Device { get; init; } = ExecutionDevice.Auto;

    /// <summary>
    /// Makes the loggers of the server, and those of ASP.NET for warnings and errors. It is not disposed of here.
    /// </summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Refuses what cannot work, and an address that other machines reach without a key to protect it.</summary>
    /// <exception cref="SemiDefectException">There is something; the message says what to do.</exception>
    public void Validate()
    {
        Refuse(ApiKey is { Length: < Security.ApiKey.MinLength }, $"The API key must have {Security.ApiKey.MinLength} characters or more.");
        Refuse(MaxImageBytes < 1 || MaxPixels < 1 || MaxImagesPerRequest < 1, "The limits on images must be 1 or more.");
        Refuse(MaxRequestBytes < MaxImageBytes, "The limit on requests must not be below that on images.");
        Refuse(MaxPendingBytes < MaxRequestBytes, "The limit on pending bytes must not be below that on requests.");
        Refuse(BatchSize is < 1 or > 1024, "The batch size must be between 1 and 1024.");
        Refuse(QueueCapacity < BatchSize, $"The queue must hold a batch: {BatchSize} images or more.");
        Refuse(BatchDelay < TimeSpan.Zero || BatchDelay > TimeSpan.FromSeconds(10), "The batch delay must be between 0 and 10 seconds.");
        Refuse(RequestTimeout <= TimeSpan.Zero || StopTimeout <= TimeSpan.Zero, "The time limits must be above 0.");
        Refuse(PictureBytes < 0 || TrainingBytes < 0 || MaxInspections < 1 || MaxLoadedModels < 1, "The limits on what is kept must not be negative.");
        Refuse(Urls.Count == 0, "Give an address to listen on.");
        foreach (string url in Urls)
        {
            Refuse(
                !ListenAddress.Parse(url).IsLoopback && ApiKey is null,
                $"Other machines could use this server at '{url}' without a key: give an API key (--api-key-file), or listen on 127.0.0.1.");
        }
    }

    private static void Refuse(bool condition, string message)
    {
        if (condition)
        {
            throw new SemiDefectException(message);
        }
    }
}
