using Microsoft.Extensions.Logging;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>
/// Writes each log entry as one line: its message, without time, level and category. As thread-safe as its writer.
/// </summary>
internal sealed class LineLogger(TextWriter output) : ILoggerFactory, ILogger
{
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
            output.WriteLine(Text.Printable(exception is null ? message : $"{message}: {exception}"));
        }
    }

    public void Dispose()
    {
        // The writer is the caller's.
    }
}
