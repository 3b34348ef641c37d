using System.CommandLine;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Cli;

/// <summary>Options shared by several commands.</summary>
internal static class GlobalOptions
{
    public static Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Show the stack trace of an error.",
        Recursive = true,
    };

    public static Option<bool> Json() => new("--json") { Description = "Print the result as one JSON document." };

    public static Option<ExecutionDevice> Device() => new("--device")
    {
        Description = "The device that runs the network: auto, cpu or cuda.",
        DefaultValueFactory = _ => ExecutionDevice.Auto,
    };

    public static Option<int> Threads() => new("--threads")
    {
        Description = "The number of threads; 0 for one per core. Does not affect results.",
        DefaultValueFactory = _ => 0,
    };

    /// <summary>Reads and validates the value of <see cref="Threads"/>.</summary>
    /// <exception cref="UsageException">The value is invalid.</exception>
    public static int ReadThreads(ParseResult parsed, Option<int> threads) =>
        UsageException.Guard(() => new LoadOptions { Threads = parsed.GetValue(threads) }.Threads);

    /// <summary>The address that was given to an option.</summary>
    /// <exception cref="UsageException">It is not an http or https address.</exception>
    public static Uri HttpAddress(string option, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address
            : throw new UsageException($"{option} must be an http or https address, not '{text}'.");
}
