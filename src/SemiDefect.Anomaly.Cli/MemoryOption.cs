using System.CommandLine;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Cli;

/// <summary>The option <c>--max-memory</c>, a memory limit.</summary>
internal sealed class MemoryOption(string description)
{
    private const string Name = "--max-memory";

    /// <summary>The option.</summary>
    public Option<string?> Option { get; } = new(Name) { Description = description, HelpName = "SIZE" };

    /// <summary>Reads the limit in bytes; null if the option is not given.</summary>
    public long? Read(ParseResult parsed) => parsed.GetValue(Option) is not { } text ? null
        : ByteSize.TryParse(text, out long bytes) ? bytes
        : throw new UsageException($"{Name} must be a size such as 512MiB or 4GiB, not '{text}'.");
}
