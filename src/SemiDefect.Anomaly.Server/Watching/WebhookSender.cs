using System.Net.Http.Json;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Telemetry;

namespace SemiDefect.Anomaly.Server.Watching;

/// <summary>
/// Posts reports in order, and repeats each until the receiver accepts it. After a crash, a report may arrive twice,
/// with the same Idempotency-Key. Thread-safe.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    private const int Page = 100;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Uri _address;
    private readonly WatchJournal _journal;
    private readonly ILogger _logger;
    private readonly TimeSpan _interval;

    // A redirect would send the reports to an address that nobody configured.
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    public WebhookSender(Uri address, WatchJournal journal, TimeSpan interval, ILogger logger)
    {
        _address = address;
        _journal = journal;
        _interval = interval;
        _logger = logger;
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Posts until it is canceled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause = _interval;
        while (!cancellationToken.IsCancellationRequested)
        {
            bool sent = await SendPendingAsync(cancellationToken).ConfigureAwait(false);
            pause = sent ? _interval : TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, Longest.Ticks));
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
                if (!await SendAsync(entry, cancellationToken).ConfigureAwait(false))
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

    private async Task<bool> SendAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _address)
            {
                Content = JsonContent.Create(entry.Report, ServerJson.Types.WatchReport),
            };
            request.Headers.Add(InspectEndpoints.KeyHeader, entry.Report.Id);
            using HttpResponseMessage response = await _client.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return true;
            }

            _logger.WebhookRefused((int)response.StatusCode);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                _logger.WebhookUnreachable(error.Message);
            }
        }

        return false;
    }
}
