using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Telemetry;

namespace SemiDefect.Anomaly.Server.Publishing;

/// <summary>Posts JSON to the address of a webhook. Thread-safe.</summary>
internal sealed class WebhookClient(Uri address, ILogger logger) : IDisposable
{
    /// <summary>The longest pause between two attempts.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // A redirect would send the content to an address that nobody configured.
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    /// <summary>Refuses what is not an address for a webhook.</summary>
    /// <exception cref="SemiDefectException">It is not an http or https address.</exception>
    public static void Validate(Uri? address)
    {
        if (address is not null && address is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
        {
            throw new SemiDefectException($"The webhook '{address}' must be an http or https address.");
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Posts once; what prevents it is logged.</summary>
    /// <param name="content">The content.</param>
    /// <param name="type">How to write it.</param>
    /// <param name="key">Identifies the content if it is sent again.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Whether the receiver has accepted it.</returns>
    public async Task<bool> PostAsync<T>(
        T content,
        JsonTypeInfo<T> type,
        string key,
        CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address)
            {
                Content = JsonContent.Create(content, type),
            };
            request.Headers.Add(InspectEndpoints.KeyHeader, key);
            using HttpResponseMessage response = await _client.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return true;
            }

            logger.WebhookRefused((int)response.StatusCode);
        }
        catch (Exception error)
        {
            // Whatever HTTP or TLS throws must not end the server.
            if (!cancellationToken.IsCancellationRequested)
            {
                logger.WebhookUnreachable(error.Message);
            }
        }

        return false;
    }
}
