using Microsoft.Extensions.Logging;

namespace SemiDefect.Anomaly.Server.Telemetry;

/// <summary>
/// Hands every logger of the application to the factory of the caller, which stays the caller's. Thread-safe.
/// </summary>
internal sealed class ForwardingLoggerProvider(ILoggerFactory factory) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => factory.CreateLogger(categoryName);

    public void Dispose()
    {
        // Nothing of ours is held.
    }
}
