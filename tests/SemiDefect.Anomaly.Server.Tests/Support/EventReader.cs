using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace SemiDefect.Anomaly.Server.Tests.Support;

/// <summary>Reads server-sent events, as their specification says.</summary>
internal sealed class EventReader : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventReader(HttpResponseMessage response, StreamReader reader) => (_response, _reader) = (response, reader);

    /// <summary>Opens a stream below /api/v1/; it is known to be open once its first event has come.</summary>
    public static async Task<EventReader> OpenAsync(HttpClient client, string path, long? lastEvent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/{path}");
        if (lastEvent is { } id)
        {
            request.Headers.Add("Last-Event-ID", id.ToString(CultureInfo.InvariantCulture));
        }

        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var reader = new EventReader(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        Assert.Equal("alive", await reader.NextNameAsync());
        return reader;
    }

    /// <summary>The name of the next event.</summary>
    public async Task<string> NextNameAsync() => (await NextAsync()).Name;

    /// <summary>The next inspections.</summary>
    public async Task<List<(long Id, JsonNode Data)>> ReadAsync(int count)
    {
        var seen = new List<(long, JsonNode)>();
        while (seen.Count < count)
        {
            (string name, string id, string data) = await NextAsync();
            if (name == "inspection")
            {
                seen.Add((long.Parse(id, CultureInfo.InvariantCulture), JsonNode.Parse(data)!));
            }
        }

        return seen;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }

    private async Task<(string Name, string Id, string Data)> NextAsync()
    {
        (string name, string id, string data) = (string.Empty, string.Empty, string.Empty);
        while (true)
        {
            string line = await _reader.ReadLineAsync().WaitAsync(Patience)
                ?? throw new EndOfStreamException("The stream has ended.");
            if (line.Length == 0)
            {
                return (name, id, data);
            }

            string value = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimStart();
            name = line.StartsWith("event:", StringComparison.Ordinal) ? value : name;
            id = line.StartsWith("id:", StringComparison.Ordinal) ? value : id;
            data = line.StartsWith("data:", StringComparison.Ordinal) ? value : data;
        }
    }
}
