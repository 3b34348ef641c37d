using System.CommandLine;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Cli;

/// <summary><c>--max-memory</c>: how many bytes some work may take.</summary>
internal sealed class MemoryOption(string description)
{
    private const string Name = "--max-memory";

    /// <summary>The option.</summary>
    public Option<string?> Option { get; } = new(Name) { Description = description, HelpName = "SIZE" };

    /// <summary>The bytes asked for; null if nothing was.</summary>
    public long? Read(ParseResult parsed) => parsed.GetValue(Option) is not { } text ? null
        : ByteSize.TryParse(text, out long bytes) ? bytes
        : throw new UsageException($"{Name} takes a size such as 512MiB or 4GiB, not '{text}'.");
}
