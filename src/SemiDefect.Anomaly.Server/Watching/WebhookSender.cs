using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Publishing;

namespace SemiDefect.Anomaly.Server.Watching;

/// <summary>
/// Posts reports in order, and repeats each until the receiver accepts it. After a crash, a report may arrive twice,
/// with the same Idempotency-Key. Thread-safe.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    private const int Page = 100;

    private readonly WebhookClient _client;
    private readonly WatchJournal _journal;
    private readonly TimeSpan _interval;

    public WebhookSender(Uri address, WatchJournal journal, TimeSpan interval, ILogger logger)
    {
        _client = new WebhookClient(address, logger);
        _journal = journal;
        _interval = interval;
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Posts until it is canceled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause = _interval;
        while (!cancellationToken.IsCancellationRequested)
        {
            bool sent = await SendPendingAsync(cancellationToken).ConfigureAwait(false);
            pause = sent ? _interval : TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, WebhookClient.LongestPause.Ticks));
            await Task.Delay(pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Posts pending reports, up to the first that the receiver does not accept.</summary>
    /// <returns>Whether all were accepted.</returns>
    public async Task<bool> SendPendingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            IReadOnlyList<JournalEntry> entries = _journal.ToPost(Page);
            foreach (JournalEntry entry in entries)
            {
                if (!await _client
                    .PostAsync(entry.Report, ServerJson.Types.WatchReport, entry.Report.Id, cancellationToken)
                    .ConfigureAwait(false))
                {
                    return false;
                }

                await _journal.PostedAsync(entry.Id).ConfigureAwait(false);
            }

            if (entries.Count < Page)
            {
                return true;
            }
        }
    }
}
