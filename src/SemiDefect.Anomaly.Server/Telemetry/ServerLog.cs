using Microsoft.Extensions.Logging;

namespace SemiDefect.Anomaly.Server.Telemetry;

/// <summary>Everything that the server and the watcher log, one line each. Stateless.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "model '{Model}' is ready (version {Version})")]
    public static partial void ModelReady(this ILogger logger, string model, string version);

    [LoggerMessage(2, LogLevel.Information, "stopping: finishing what was accepted")]
    public static partial void Stopping(this ILogger logger);

    /// <summary>The message already says what is wrong and what to do.</summary>
    [LoggerMessage(4, LogLevel.Warning, "{Problem}")]
    public static partial void Problem(this ILogger logger, string problem);

    [LoggerMessage(5, LogLevel.Warning, "Cannot keep the picture '{Name}': {Problem}")]
    public static partial void PictureNotKept(this ILogger logger, string name, string problem);

    [LoggerMessage(6, LogLevel.Error, "{Method} {Path}")]
    public static partial void RequestFailed(this ILogger logger, Exception error, string method, string path);

    [LoggerMessage(7, LogLevel.Error, "job {Id}")]
    public static partial void JobFailed(this ILogger logger, Exception error, long id);

    [LoggerMessage(8, LogLevel.Information, "{Decision,-8} {Margin,8:+0.00;-0.00} {Path}")]
    public static partial void Decided(this ILogger logger, string decision, double margin, string path);

    [LoggerMessage(9, LogLevel.Warning, "the webhook answered {Status}; trying again")]
    public static partial void WebhookRefused(this ILogger logger, int status);

    [LoggerMessage(10, LogLevel.Warning, "the webhook cannot be reached ({Problem}); trying again")]
    public static partial void WebhookUnreachable(this ILogger logger, string problem);

    [LoggerMessage(
        11, LogLevel.Warning, "'{Path}' was written to after it was inspected; it is inspected again when complete")]
    public static partial void TakenUpAgain(this ILogger logger, string path);

    [LoggerMessage(
        14,
        LogLevel.Warning,
        "the scores of model '{Model}' drift: the median of the last {Parts} good parts is {Median:0.###}")]
    public static partial void Drifting(this ILogger logger, string model, int parts, double? median);

    [LoggerMessage(15, LogLevel.Information, "the scores of model '{Model}' no longer drift")]
    public static partial void DriftEnded(this ILogger logger, string model);

    [LoggerMessage(12, LogLevel.Information, "publishing decisions to {Broker}")]
    public static partial void MqttConnected(this ILogger logger, Uri broker);

    [LoggerMessage(
        13, LogLevel.Warning, "the MQTT broker {Broker} cannot be used ({Problem}); trying again every second")]
    public static partial void MqttLost(this ILogger logger, Uri broker, string problem);

    [LoggerMessage(16, LogLevel.Warning, "'{Path}' has {Pages} pages; only page {Page} was inspected")]
    public static partial void PagesLeftOut(this ILogger logger, string path, int pages, int page);
}
