namespace SemiDefect.Anomaly.Fleet.Connecting;

/// <summary>The names of streams, buckets and subjects on the NATS server. docs/fleet.md lists them.</summary>
internal static class FleetNames
{
    /// <summary>The work queue of images to inspect.</summary>
    public const string InspectStream = "SEMIDEFECT_INSPECT";

    /// <summary>The work queue of views to encode.</summary>
    public const string EncodeStream = "SEMIDEFECT_ENCODE";

    /// <summary>Results: one message for each image of each run.</summary>
    public const string ResultStream = "SEMIDEFECT_RESULTS";

    /// <summary>Images and messages that no worker could handle, with the reason.</summary>
    public const string DeadStream = "SEMIDEFECT_DEAD";

    /// <summary>The durable consumer that all workers share on each of the two work queues.</summary>
    public const string Consumer = "workers";

    /// <summary>Key-value bucket: the current fingerprint of each model name.</summary>
    public const string ModelBucket = "semidefect-models";

    /// <summary>Key-value bucket: what each worker says of itself; entries expire.</summary>
    public const string WorkerBucket = "semidefect-workers";

    /// <summary>Key-value bucket: the workers that were shut out, and why.</summary>
    public const string ShutOutBucket = "semidefect-shut-out";

    /// <summary>Key-value bucket: how often the inspection of an image was begun, if it was given out again.</summary>
    public const string SuspectBucket = "semidefect-suspects";

    /// <summary>Object store: detector files by fingerprint, networks by SHA-256.</summary>
    public const string FileBucket = "semidefect-files";

    /// <summary>Object store: images that are too large for a message, until their result is there.</summary>
    public const string ImageBucket = "semidefect-images";

    /// <summary>The header that holds the description of a task, as JSON.</summary>
    public const string TaskHeader = "Semidefect-Task";

    private const string Root = "semidefect";

    public static string Inspect(string run) => $"{Root}.inspect.{run}";

    public static string Encode(string run) => $"{Root}.encode.{run}";

    public static string Result(string run, int index) => $"{Root}.result.{run}.{index}";

    public static string Results(string run) => $"{Root}.result.{run}.*";

    /// <summary>The features of a view, for the fit that waits for them; not kept.</summary>
    public static string Features(string run, long index) => $"{Root}.features.{run}.{index}";

    public static string AllFeatures(string run) => $"{Root}.features.{run}.*";

    /// <summary>The object for the map of an inspection.</summary>
    public static string Map(string run, int index) => $"{run}/{index}.map";

    public static string Dead(string run, string what) => $"{Root}.dead.{run}.{what}";

    public static string Every(string kind) => $"{Root}.{kind}.>";
}
