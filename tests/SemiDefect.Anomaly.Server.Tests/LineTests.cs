using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Server.Tests.Support;

namespace SemiDefect.Anomaly.Server.Tests;

/// <summary>What a line needs: events, totals, labels and the decision of a station.</summary>
public sealed class LineTests(UnchangedServer unchanged) : IClassFixture<UnchangedServer>
{
    [Fact]
    public async Task Events_bring_every_new_inspection_in_order_and_continue_where_they_ended()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.InspectAsync(Parts.Good(1), "before");
        using var events = await EventReader.OpenAsync(server.Client, "inspections/events");
        for (int i = 0; i < 5; i++)
        {
            await server.InspectAsync(i % 2 == 0 ? Parts.Good(i) : Parts.Bad(i), $"{i}");
        }

        List<(long Id, JsonNode Data)> seen = await events.ReadAsync(3);
        Assert.Equal(["0", "1", "2"], seen.Select(one => (string)one.Data["name"]!));
        Assert.Equal(["normal", "abnormal", "normal"], seen.Select(one => (string)one.Data["decision"]!));
        Assert.All(seen, one => Assert.Equal(one.Id, (long)one.Data["id"]!));

        // Another connection goes on after the last event, by the header of browsers and by the parameter.
        using var byHeader = await EventReader.OpenAsync(server.Client, "inspections/events", seen[2].Id);
        Assert.Equal(["3", "4"], (await byHeader.ReadAsync(2)).Select(one => (string)one.Data["name"]!));
        using var byParameter =
            await EventReader.OpenAsync(server.Client, $"inspections/events?after={seen[1].Id}");
        Assert.Equal(["2", "3", "4"], (await byParameter.ReadAsync(3)).Select(one => (string)one.Data["name"]!));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Two_stations_see_their_own_parts_and_a_quiet_stream_stays_alive()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var first = await EventReader.OpenAsync(server.Client, "inspections/events?station=S1");
        using var second = await EventReader.OpenAsync(server.Client, "inspections/events?station=S2");
        for (int i = 0; i < 6; i++)
        {
            await PostAsync(server, Parts.Good(i), $"name={i}&station=S{(i % 3) + 1}");
        }

        Assert.Equal(["0", "3"], (await first.ReadAsync(2)).Select(one => (string)one.Data["name"]!));
        Assert.Equal(["1", "4"], (await second.ReadAsync(2)).Select(one => (string)one.Data["name"]!));
        Assert.Equal("alive", await first.NextNameAsync());

        // Also while other stations are busy.
        using var stop = new CancellationTokenSource();
        Task busy = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await PostAsync(server, Parts.Good(1), "station=S2");
            }
        });
        Assert.Equal("alive", await first.NextNameAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("alive", await first.NextNameAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        await stop.CancelAsync();
        await busy;
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Many_inspections_stored_together_arrive_once_each()
    {
        const int Count = 260;
        await using TestServer server = await TestServer.StartAsync(options =>
            options with { QueueCapacity = 300, MaxImagesPerRequest = 300 });
        using var events = await EventReader.OpenAsync(server.Client, "inspections/events?after=0");
        using var form = new MultipartFormDataContent();
        for (int i = 0; i < Count; i++)
        {
            form.Add(new ByteArrayContent(Parts.Good(i % 8)), "images", $"{i}.png");
        }

        using HttpResponseMessage response = await server.Client.PostAsync("/api/v1/models/tiny/inspect", form);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        List<(long Id, JsonNode Data)> seen = await events.ReadAsync(Count);
        Assert.Equal(Enumerable.Range(1, Count).Select(i => (long)i), seen.Select(one => one.Id));
    }

    [Fact]
    public async Task An_open_stream_does_not_delay_a_stop()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var events = await EventReader.OpenAsync(server.Client, "inspections/events");
        await server.BeginStop().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Labels_are_stored_filtered_exported_and_part_of_the_idempotency_key()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode one = await PostAsync(server, Parts.Good(1), "name=a&station=S1&lot=L7&part=P%2C1");
        await PostAsync(server, Parts.Good(2), "name=b&station=S2&lot=L7");
        await PostAsync(server, Parts.Good(3), "name=c");
        Assert.Equal(("S1", "L7", "P,1"), ((string)one["station"]!, (string)one["lot"]!, (string)one["part"]!));
        async Task<string> Names(string query) => string.Join(
            ' ',
            (await server.GetAsync($"/api/v1/inspections?{query}"))["inspections"]!.AsArray()
                .Select(node => (string)node!["name"]!));
        Assert.Equal("a", await Names("station=S1"));
        Assert.Equal("b a", await Names("lot=L7"));
        Assert.Equal("a", await Names("part=P%2C1"));
        Assert.Equal("", await Names("station=S2&part=P%2C1"));
        Assert.Equal("c b a", await Names("station="));

        string csv = await server.Client.GetStringAsync("/api/v1/inspections/export.csv?station=S1");
        string[] lines = csv.TrimEnd('\n').Split('\n');
        Assert.EndsWith(",check_threshold,station,lot,part,notes", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(",S1,L7,\"P,1\",", Assert.Single(lines.Skip(1)), StringComparison.Ordinal);

        // The same image of another station under the same key is another request.
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "name=k&station=S1", "key-1"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "name=k&station=S1", "key-1"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await StatusAsync(server, "name=k&station=S2", "key-1"));
        Assert.Equal("k a", await Names("station=S1"));
    }

    [Fact]
    public async Task Labels_that_no_line_has_are_refused()
    {
        await using TestServer server = await TestServer.StartAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "lot=", null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, $"part={new string('a', 100)}", null));
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity, await StatusAsync(server, $"part={new string('a', 101)}", null));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await StatusAsync(server, "station=%0Aevil", null));
    }

    [Fact]
    public async Task A_summary_counts_by_decision_station_and_time()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode empty = await server.GetAsync("/api/v1/inspections/summary");
        Assert.Equal((0, 0), ((int)empty["total"]!, (int)empty["last_id"]!));
        await PostAsync(server, Parts.Good(1), "station=S1");
        await PostAsync(server, Parts.Bad(2), "station=S1");
        await Task.Delay(20);
        JsonNode late = await PostAsync(server, Parts.Bad(3), "station=S2");
        JsonNode all = await server.GetAsync("/api/v1/inspections/summary");
        Assert.Equal(
            (3, 1, 0, 2, 3),
            ((int)all["total"]!, (int)all["normal"]!, (int)all["check"]!, (int)all["abnormal"]!, (int)all["last_id"]!));
        JsonNode one = await server.GetAsync("/api/v1/inspections/summary?station=S1");
        Assert.Equal((2, 1), ((int)one["total"]!, (int)one["abnormal"]!));
        string time = Uri.EscapeDataString((string)late["time"]!);
        Assert.Equal(1, (int)(await server.GetAsync($"/api/v1/inspections/summary?from={time}"))["total"]!);
    }

    [Fact]
    public async Task A_gateway_reads_the_latest_decision_and_never_an_old_one()
    {
        await using TestServer server = await TestServer.StartAsync();
        async Task<string> Decision(string query) =>
            await server.Client.GetStringAsync($"/api/v1/stations/S1/decision{query}");
        Assert.Equal("NONE", await Decision(""));
        await PostAsync(server, Parts.Good(1), "station=S1");
        Assert.Equal("OK", await Decision(""));
        JsonNode bad = await PostAsync(server, Parts.Bad(2), "station=S1");
        await PostAsync(server, Parts.Good(3), "station=S2");
        using HttpResponseMessage response = await server.Client.GetAsync("/api/v1/stations/S1/decision");
        Assert.Equal("NG", await response.Content.ReadAsStringAsync());
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            ((long)bad["id"]!).ToString(CultureInfo.InvariantCulture),
            Assert.Single(response.Headers.GetValues("Inspection-Id")));
        Assert.Equal("NONE", await Decision("?model=other"));
        await Task.Delay(1100);
        Assert.Equal("NONE", await Decision("?max_age=1"));
        Assert.Equal("NG", await Decision("?max_age=60"));
    }

    [Theory]
    [InlineData("inspections/events?after=x")]
    [InlineData("inspections/summary?decision=maybe")]
    [InlineData("stations/S1/decision?max_age=0")]
    public async Task What_is_not_understood_is_refused(string path)
    {
        TestServer server = unchanged.Server;
        using HttpResponseMessage response = await server.Client.GetAsync($"/api/v1/{path}");
        Assert.True(
            response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity,
            $"{response.StatusCode}");
    }

    private static async Task<JsonNode> PostAsync(TestServer server, byte[] image, string query)
    {
        using var content = new ByteArrayContent(image);
        using HttpResponseMessage response =
            await server.Client.PostAsync($"/api/v1/models/tiny/inspect?{query}", content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    private static async Task<HttpStatusCode> StatusAsync(TestServer server, string query, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/models/tiny/inspect?{query}")
        {
            Content = new ByteArrayContent(Parts.Good(5)),
        };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using HttpResponseMessage response = await server.Client.SendAsync(request);
        return response.StatusCode;
    }
}
