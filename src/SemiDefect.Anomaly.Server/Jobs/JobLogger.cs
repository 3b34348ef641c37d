using Microsoft.Extensions.Logging;

namespace SemiDefect.Anomaly.Server.Jobs;

/// <summary>Adds what the engine logs during a job to the job, where its owner reads it. Thread-safe.</summary>
internal sealed class JobLogger(Job job) : ILogger
{
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
            job.Notice(formatter(state, exception));
        }
    }
}
