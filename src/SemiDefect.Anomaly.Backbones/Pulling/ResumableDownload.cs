using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;

namespace SemiDefect.Anomaly.Backbones.Pulling;

/// <summary>
/// Downloads one file over HTTPS into a partial file, continuing an interrupted attempt. Every address in a chain of
/// redirects must be https, and no more bytes are accepted than the caller allows. Thread-safe for different files. The
/// owner disposes it, which closes its connections.
/// </summary>
internal sealed class ResumableDownload : IDisposable
{
    private const int MostRedirects = 10;
    private const int MostFruitlessAttempts = 4;
    private const int BufferLength = 1 << 17;

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client;
    private readonly TimeSpan _pause;

    /// <summary>Uses the proxy of the system or the environment.</summary>
    public ResumableDownload()
        : this(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(15) }, TimeSpan.FromSeconds(2))
    {
    }

    /// <summary>Uses a given handler, which it owns.</summary>
    /// <param name="handler">Must leave redirects to this class.</param>
    /// <param name="pause">The delay after the first failed attempt; it doubles with each attempt.</param>
    internal ResumableDownload(SocketsHttpHandler handler, TimeSpan pause)
    {
        // Each redirect is checked here; compressed bytes would not be the bytes that were hashed.
        handler.AllowAutoRedirect = false;
        handler.AutomaticDecompression = DecompressionMethods.None;
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("semidefect", "1"));
        _pause = pause;
    }

    /// <summary>Downloads the file.</summary>
    /// <param name="address">Its https address.</param>
    /// <param name="partialPath">The file that receives the bytes.</param>
    /// <param name="mostBytes">The maximum number of bytes to accept.</param>
    /// <param name="progress">Receives the progress of the download.</param>
    /// <param name="cancellationToken">
    /// Stops the download; the bytes received so far are kept for the next attempt.
    /// </param>
    /// <returns>The SHA-256 that the first server provides for the file, or null.</returns>
    /// <exception cref="PullException">The file cannot be downloaded.</exception>
    public async Task<string?> FetchAsync(
        Uri address,
        string partialPath,
        long mostBytes,
        IProgress<PullProgress>? progress,
        CancellationToken cancellationToken)
    {
        Exception? lastError = null;
        TimeSpan pause = _pause;
        for (int fruitless = 0; fruitless < MostFruitlessAttempts; fruitless++)
        {
            long before = LengthOf(partialPath);
            try
            {
                (bool complete, string? sha256) = await AttemptAsync(
                    address, partialPath, mostBytes, progress, cancellationToken).ConfigureAwait(false);
                if (complete)
                {
                    return sha256;
                }

                lastError = null;
            }
            catch (HttpRequestException error) when (error.InnerException is AuthenticationException)
            {
                throw new PullException(
                    $"The certificate of '{address.Host}' is not trusted ({error.InnerException.Message}) Check the "
                        + "clock, the proxy and the certificates of this machine.",
                    error);
            }
            catch (Exception error) when (IsTransient(error, cancellationToken))
            {
                lastError = error;
            }

            if (LengthOf(partialPath) > before)
            {
                fruitless = -1;
                pause = _pause;
            }

            if (fruitless < MostFruitlessAttempts - 1)
            {
                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
                pause *= 2;
            }
        }

        string kept = LengthOf(partialPath) is > 0 and { } length
            ? $" {length} bytes are kept; run the command again to continue."
            : string.Empty;

        throw new PullException(
            $"'{Show(address)}' could not be fetched: "
                + $"{lastError?.Message ?? "the connection was interrupted repeatedly."}{kept} Without a network, "
                + "fetch the file elsewhere and give it with --from.",
            lastError);
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _client.Dispose();

    private async Task<(bool Complete, string? Sha256)> AttemptAsync(
        Uri address,
        string partialPath,
        long mostBytes,
        IProgress<PullProgress>? progress,
        CancellationToken cancellationToken)
    {
        long offset = LengthOf(partialPath);
        (HttpResponseMessage response, string? sha256) =
            await SendAsync(address, offset, cancellationToken).ConfigureAwait(false);
        using (response)
        {
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                // Either everything has been received already, or the partial file belongs to another file.
                bool complete = response.Content.Headers.ContentRange?.Length == offset;
                if (!complete)
                {
                    File.Delete(partialPath);
                }

                return (complete, sha256);
            }

            if (!response.IsSuccessStatusCode)
            {
                throw new PullException(
                    $"'{Show(response.RequestMessage?.RequestUri ?? address)}' answers {(int)response.StatusCode} "
                        + $"{response.ReasonPhrase}: check the address, or give the file with --from.");
            }

            bool resumed = response.StatusCode == HttpStatusCode.PartialContent
                && response.Content.Headers.ContentRange?.From == offset;
            if (response.StatusCode == HttpStatusCode.PartialContent && !resumed)
            {
                File.Delete(partialPath);
                return (false, sha256);
            }

            long start = resumed ? offset : 0;
            long? total = response.Content.Headers.ContentLength is { } length ? start + length : null;
            if (total > mostBytes)
            {
                throw Oversized(address, partialPath, $"says that it has {total} bytes", mostBytes);
            }

            await ReceiveAsync(
                response,
                address,
                partialPath,
                start,
                total,
                mostBytes,
                progress,
                cancellationToken).ConfigureAwait(false);
            return (total is null || LengthOf(partialPath) == total, sha256);
        }
    }

    private async Task<(HttpResponseMessage Response, string? Sha256)> SendAsync(
        Uri address,
        long offset,
        CancellationToken cancellationToken)
    {
        string? sha256 = null;
        Uri current = address;
        for (int i = 0; i <= MostRedirects; i++)
        {
            if (current.Scheme != Uri.UriSchemeHttps)
            {
                throw new PullException($"'{Show(address)}' redirects to '{Show(current)}', which is not https.");
            }

            using var request = new HttpRequestMessage(HttpMethod.Get, current);
            if (offset > 0)
            {
                request.Headers.Range = new RangeHeaderValue(offset, null);
            }

            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(Silence);
            HttpResponseMessage response = await _client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, timeout.Token).ConfigureAwait(false);

            // Trusted only from the requested address, not from an address that it redirects to.
            sha256 ??= i == 0 ? LinkedSha256(response) : null;
            if ((int)response.StatusCode is >= 500 or 408 or 429)
            {
                using (response)
                {
                    throw new HttpRequestException(
                        $"The server answers {(int)response.StatusCode} {response.ReasonPhrase}.");
                }
            }

            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308)
                || response.Headers.Location is not { } location)
            {
                return (response, sha256);
            }

            response.Dispose();
            current = new Uri(current, location);
        }

        throw new PullException($"'{Show(address)}' redirects too many times.");
    }

    private static string? LinkedSha256(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Linked-ETag", out IEnumerable<string>? values)
        && values.First().Trim('"') is { Length: 64 } digits
        && digits.All(char.IsAsciiHexDigit)
            ? digits
            : null;

    private static async Task ReceiveAsync(
        HttpResponseMessage response,
        Uri address,
        string partialPath,
        long start,
        long? total,
        long mostBytes,
        IProgress<PullProgress>? progress,
        CancellationToken cancellationToken)
    {
        Stream content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            using var file = new FileStream(partialPath, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1);
            file.SetLength(start);
            file.Position = start;
            byte[] buffer = new byte[BufferLength];
            while (true)
            {
                using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                timeout.CancelAfter(Silence);
                int count = await ReadAsync(content, buffer, timeout.Token).ConfigureAwait(false);
                if (count == 0)
                {
                    return;
                }

                if (file.Position + count > mostBytes)
                {
                    file.Dispose();
                    throw Oversized(address, partialPath, "sends too much data", mostBytes);
                }

                file.Write(buffer, 0, count);
                progress?.Report(new PullProgress(file.Position, total));
            }
        }
    }

    private static async ValueTask<int> ReadAsync(Stream content, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            // Distinguished from a full disk, which another attempt would not fix.
            throw new HttpRequestException(error.Message, error);
        }
    }

    /// <summary>An address without its potentially secret parts: user, password and query.</summary>
    internal static string Show(Uri address) =>
        address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    private static PullException Oversized(Uri address, string partialPath, string what, long mostBytes)
    {
        File.Delete(partialPath);
        return new PullException(
            $"'{Show(address)}' {what}, but these weights have {mostBytes} bytes at most: it is not the intended "
                + "file.");
    }

    private static bool IsTransient(Exception error, CancellationToken cancellationToken) =>
        error is HttpRequestException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;
}
