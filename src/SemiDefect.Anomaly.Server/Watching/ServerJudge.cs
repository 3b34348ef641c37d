using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Security;

namespace SemiDefect.Anomaly.Server.Watching;

/// <summary>
/// Lets a server inspect, so that the decisions are those of its active version and are in its history. Without the
/// server there is no decision: the images wait. Thread-safe.
/// </summary>
internal sealed class ServerJudge : IWatchJudge
{
    private const int AtOnce = 4;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client;
    private readonly Uri _address;
    private readonly string _station;

    public ServerJudge(Uri address, string model, string? key, string? station)
    {
        Model = model;
        _address = address;
        _station = station is null ? string.Empty : $"&station={Uri.EscapeDataString(station)}";

        // A redirect would send images and the key to an address that nobody configured.
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(address.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = TimeSpan.FromMinutes(2),
        };
        if (key is not null)
        {
            _client.DefaultRequestHeaders.Add(KeyRing.Header, key);
        }
    }

    public string Model { get; }

    public async Task<IReadOnlyList<WatchDecision>> JudgeAsync(
        IReadOnlyList<FileToJudge> files,
        bool heatmaps,
        CancellationToken cancellationToken)
    {
        var decisions = new WatchDecision[files.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForAsync(0, files.Count, parallel, async (i, token) =>
                decisions[i] = await JudgeAsync(files[i], heatmaps, token).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception error) when (
            error is HttpRequestException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new SemiDefectException(
                $"The server '{_address}' cannot be reached ({error.Message}): the images wait.",
                error);
        }

        return decisions;
    }

    public void Dispose() => _client.Dispose();

    private async Task<WatchDecision> JudgeAsync(FileToJudge file, bool heatmap, CancellationToken cancellationToken)
    {
        byte[] image;
        try
        {
            image = await File.ReadAllBytesAsync(file.Path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new WatchDecision { Error = $"Cannot read '{file.Path}': {error.Message}" };
        }

        while (true)
        {
            using HttpResponseMessage response = await SendAsync(file, image, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.Conflict)
            {
                TimeSpan wait = response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
                await Task.Delay(wait < LongestWait ? wait : LongestWait, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (response.StatusCode is HttpStatusCode.UnprocessableEntity or HttpStatusCode.RequestEntityTooLarge)
            {
                string refusal = await DetailAsync(response, cancellationToken).ConfigureAwait(false);
                return new WatchDecision { Error = refusal };
            }

            if (!response.IsSuccessStatusCode)
            {
                string detail = await DetailAsync(response, cancellationToken).ConfigureAwait(false);
                throw new SemiDefectException($"The server '{_address}' does not inspect: {detail}");
            }

            InspectionJson inspection = (await response.Content.ReadFromJsonAsync(
                ServerJson.Types.InspectionJson,
                cancellationToken).ConfigureAwait(false))!;
            return await DecisionAsync(inspection, heatmap, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        FileToJudge file,
        byte[] image,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"api/v1/models/{Uri.EscapeDataString(Model)}/inspect?name={Uri.EscapeDataString(file.Name)}{_station}")
        {
            Content = new ByteArrayContent(image)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") },
            },
        };
        request.Headers.Add(InspectEndpoints.KeyHeader, file.Id);
        return await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<WatchDecision> DecisionAsync(
        InspectionJson inspection,
        bool heatmap,
        CancellationToken cancellationToken)
    {
        var decision = new WatchDecision
        {
            Score = inspection.Score,
            Threshold = inspection.Threshold,
            CheckThreshold = inspection.CheckThreshold,
            PValue = inspection.PValue,
            Regions = inspection.Regions,
            ModelVersion = inspection.ModelVersion,
            Inspection = new Uri(_client.BaseAddress!, inspection.Links.Self.TrimStart('/')).AbsoluteUri,
        };
        if (!heatmap || decision.Decision == Decision.Normal || inspection.Links.Heatmap is not { } link)
        {
            return decision;
        }

        byte[] png = await _client.GetByteArrayAsync(link.TrimStart('/'), cancellationToken).ConfigureAwait(false);
        return decision with { Heatmap = png };
    }

    private static async Task<string> DetailAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return System.Text.Json.JsonSerializer.Deserialize(text, ServerJson.Types.ProblemJson)!.Detail;
        }
        catch (System.Text.Json.JsonException)
        {
            return $"it answered {(int)response.StatusCode}.";
        }
    }
}
