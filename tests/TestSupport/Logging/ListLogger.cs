using Microsoft.Extensions.Logging;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>Keeps the messages that are logged. Not thread-safe.</summary>
internal sealed class ListLogger : ILogger
{
    public List<string> Lines { get; } = [];

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        Lines.Add(formatter(state, exception));
}
