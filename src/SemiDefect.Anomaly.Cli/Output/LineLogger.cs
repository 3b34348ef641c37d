using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>
/// Writes each log entry as one line: its message, without time, level and category. As thread-safe as its writer.
/// </summary>
/// <param name="output">Where to.</param>
/// <param name="prefix">What each line begins with.</param>
internal sealed class LineLogger(TextWriter output, string prefix = "") : ILoggerFactory, ILogger
{
    /// <summary>What the engine says while a command runs.</summary>
    public static LineLogger ForErrors(ParseResult parsed) =>
        new(parsed.InvocationConfiguration.Error, "semidefect: ");

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("There is one output.");

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (IsEnabled(logLevel))
        {
            string message = formatter(state, exception);
            output.WriteLine(prefix + Text.Printable(exception is null ? message : $"{message}: {exception}"));
        }
    }

    public void Dispose()
    {
        // The writer is the caller's.
    }
}
