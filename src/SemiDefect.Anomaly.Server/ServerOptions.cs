using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Fleet;
using SemiDefect.Anomaly.Server.Publishing;
using SemiDefect.Anomaly.Server.Security;

namespace SemiDefect.Anomaly.Server;

/// <summary>Options of the server. Immutable; <see cref="InspectionServer.Create"/> validates them.</summary>
public sealed record ServerOptions
{
    /// <summary>The folder of the detector files (*.sdad); it is created if it does not exist.</summary>
    public required string ModelsFolder { get; init; }

    /// <summary>
    /// The folder of the history, the pictures and the training images; used by one server at a time.
    /// </summary>
    public required string DataFolder { get; init; }

    /// <summary>
    /// The addresses to listen on: http://HOST:PORT, where HOST is an IP address, localhost or * (all addresses), and
    /// port 0 means any free port.
    /// </summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:8080"];

    /// <summary>
    /// A key that gives every right, of 16 characters or more. Null, and no <see cref="Keys"/>, is only valid with
    /// loopback addresses.
    /// </summary>
    public string? ApiKey { get; init; }

    /// <summary>Further keys, with names and roles; <see cref="ApiKey"/> is the key of an engineer.</summary>
    public IReadOnlyList<AccessKey> Keys { get; init; } = [];

    /// <summary>The MQTT broker that gets every decision; null for none.</summary>
    public MqttOptions? Mqtt { get; init; }

    /// <summary>
    /// The http or https address that gets a POST when the scores of a model begin and cease to drift; null for none.
    /// </summary>
    public Uri? Webhook { get; init; }

    /// <summary>The largest image in bytes.</summary>
    public int MaxImageBytes { get; init; } = 64 << 20;

    /// <summary>The largest request in bytes, except for the upload of a detector file.</summary>
    public long MaxRequestBytes { get; init; } = 256L << 20;

    /// <summary>The largest detector file that may be uploaded, in bytes.</summary>
    public long MaxModelBytes { get; init; } = 4L << 30;

    /// <summary>The most pixels of an image.</summary>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>The most images of one request.</summary>
    public int MaxImagesPerRequest { get; init; } = 256;

    /// <summary>The most images accepted but not yet answered; beyond it, requests get 429.</summary>
    public int QueueCapacity { get; init; } = 64;

    /// <summary>The most bytes of requests accepted but not yet answered; beyond it, requests get 429.</summary>
    public long MaxPendingBytes { get; init; } = 512L << 20;

    /// <summary>The most images inspected together.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>How long an image may wait for its batch to fill.</summary>
    public TimeSpan BatchDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a request may take, from its first byte to its response.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stop waits for accepted requests.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most bytes of inspected images and maps; beyond it, the oldest are deleted.</summary>
    public long PictureBytes { get; init; } = 10L << 30;

    /// <summary>The most inspections in the history; beyond it, the oldest are deleted.</summary>
    public long MaxInspections { get; init; } = 10_000_000;

    /// <summary>The most bytes of training images per model.</summary>
    public long TrainingBytes { get; init; } = 8L << 30;

    /// <summary>The most detectors in memory; beyond it, the least recently used one is closed.</summary>
    public int MaxLoadedModels { get; init; } = 4;

    /// <summary>The number of threads of a detector; 0 for one per core.</summary>
    public int Threads { get; init; }

    /// <summary>The number of threads of background work; half of the cores leave the rest to inspections.</summary>
    internal int BackgroundThreads => Threads > 0 ? Threads : Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>The device that the networks run on.</summary>
    public ExecutionDevice Device { get; init; } = ExecutionDevice.Auto;

    /// <summary>
    /// Creates the loggers of the server, and those of ASP.NET, which log only warnings and errors. The caller disposes
    /// it.
    /// </summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The fleet whose workers inspect; null to inspect here. Other work stays here.</summary>
    public FleetOptions? Fleet { get; init; }

    /// <summary>Rejects invalid values, and addresses that other machines could reach without a key.</summary>
    /// <exception cref="SemiDefectException">A value is invalid; the message says what to do.</exception>
    public void Validate()
    {
        if (ApiKey is { } apiKey)
        {
            _ = new AccessKey("key", AccessRole.Engineer, apiKey);
        }

        Refuse(
            Keys.Select(key => key.Name).Distinct(StringComparer.Ordinal).Count() < Keys.Count
                || Keys.Select(key => key.Key).Distinct(StringComparer.Ordinal).Count() < Keys.Count,
            "Two API keys have the same name or the same key: give each its own.");
        Refuse(
            MaxImageBytes < 1 || MaxPixels < 1 || MaxImagesPerRequest < 1,
            "The limits on images must be 1 or more.");
        Refuse(MaxRequestBytes < MaxImageBytes, "The limit on requests must not be below that on images.");
        Refuse(MaxPendingBytes < MaxRequestBytes, "The limit on pending bytes must not be below that on requests.");
        Refuse(BatchSize is < 1 or > 1024, "The batch size must be between 1 and 1024.");
        Refuse(QueueCapacity < BatchSize, $"The queue must hold a batch: {BatchSize} images or more.");
        Refuse(
            BatchDelay < TimeSpan.Zero || BatchDelay > TimeSpan.FromSeconds(10),
            "The batch delay must be between 0 and 10 seconds.");
        Refuse(RequestTimeout <= TimeSpan.Zero || StopTimeout <= TimeSpan.Zero, "The time limits must be above 0.");
        Refuse(
            PictureBytes < 0 || TrainingBytes < 0 || MaxInspections < 1 || MaxLoadedModels < 1,
            "The limits on what is kept must not be negative.");
        Mqtt?.Validate();
        Fleet?.Validate();
        WebhookClient.Validate(Webhook);
        Refuse(Urls.Count == 0, "Give an address to listen on.");
        foreach (string url in Urls)
        {
            Refuse(
                !ListenAddress.Parse(url).IsLoopback && ApiKey is null && Keys.Count == 0,
                $"Other machines could use this server at '{url}' without a key: give an API key (--api-key-file), "
                    + "or listen on 127.0.0.1.");
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
