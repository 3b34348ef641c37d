using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Statistics;

namespace SemiDefect.Anomaly.Server.Publishing;

/// <summary>
/// Posts when the scores of a model begin and cease to drift, in order, until the receiver accepts it. Thread-safe.
/// </summary>
internal sealed class DriftWebhook(
    ServerOptions options,
    TimeProvider clock,
    ILogger<DriftWebhook> logger) : BackgroundService
{
    // While the receiver is away for long, the oldest go: the latest state is what matters.
    private const int MostWaiting = 1000;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private readonly Channel<DriftEventJson> _waiting = Channel.CreateBounded<DriftEventJson>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Queues the state of a model; does nothing without a webhook.</summary>
    public void Send(string model, DriftState state)
    {
        if (options.Webhook is not null)
        {
            _waiting.Writer.TryWrite(new DriftEventJson("drift", model, clock.GetUtcNow(), DriftJson.Of(state)));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Webhook is not { } address)
        {
            return;
        }

        using var client = new WebhookClient(address, logger);
        try
        {
            await foreach (DriftEventJson next in _waiting.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
            {
                string key = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{next.Model}-{next.Time.ToUnixTimeMilliseconds()}");
                TimeSpan pause = FirstPause;
                while (!await client.PostAsync(next, ServerJson.Types.DriftEventJson, key, stoppingToken)
                    .ConfigureAwait(false))
                {
                    await Task.Delay(pause, stoppingToken).ConfigureAwait(false);
                    pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, WebhookClient.LongestPause.Ticks));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server is stopping.
        }
    }
}
