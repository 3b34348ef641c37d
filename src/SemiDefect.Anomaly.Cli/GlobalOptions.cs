using System.CommandLine;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Cli;

/// <summary>Options that several commands share.</summary>
internal static class GlobalOptions
{
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Show where an error came from.", Recursive = true };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document on standard output." };

    public static Option<ExecutionDevice> Device() => new("--device")
    {
        Description = "Where the network runs: auto, cpu or cuda.",
        DefaultValueFactory = _ => ExecutionDevice.Auto,
    };

    public static Option<int> Threads() => new("--threads")
    {
        Description = "Threads; 0 for one per core. Does not change results.",
        DefaultValueFactory = _ => 0,
    };

    /// <summary>The value of <see cref="Threads"/>, if it can be used.</summary>
    /// <exception cref="UsageException">It cannot.</exception>
    public static int ReadThreads(ParseResult parsed, Option<int> threads) =>
        UsageException.Guard(() => new LoadOptions { Threads = parsed.GetValue(threads) }.Threads);
}
