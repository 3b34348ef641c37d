using System.Net;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Fleet;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class FleetTests
{
    [NatsFact]
    public async Task Workers_give_the_answers_of_the_server_itself()
    {
        using var nats = new NatsServer();
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var fleet = new FleetOptions { Server = FleetOptions.ParseServer(nats.Address) };
        var worker = new FleetWorker(new FleetWorkerOptions
        {
            Fleet = fleet,
            Name = "w",
            Threads = 1,
            CacheFolder = folder.File("cache"),
        });
        Task working = Task.Run(() => worker.RunAsync(stop.Token));
        await using (TestServer alone = await TestServer.StartAsync())
        await using (TestServer spread = await TestServer.StartAsync(options => options with { Fleet = fleet }))
        {
            foreach (byte[] image in new[] { Parts.Bad(1), Parts.Good(50), Parts.Bad(51) })
            {
                JsonNode expected = await alone.InspectAsync(image);
                JsonNode actual = await spread.InspectAsync(image);
                Assert.Equal(
                    await alone.Client.GetByteArrayAsync((string)expected["links"]!["heatmap"]!),
                    await spread.Client.GetByteArrayAsync((string)actual["links"]!["heatmap"]!));
                Assert.Equal(WithoutTime(expected), WithoutTime(actual));
            }

            using HttpResponseMessage here = await alone.PostImageAsync("no image"u8.ToArray());
            using HttpResponseMessage there = await spread.PostImageAsync("no image"u8.ToArray());
            Assert.Equal(here.StatusCode, there.StatusCode);
            Assert.NotEqual(HttpStatusCode.OK, there.StatusCode);
            Assert.Equal(
                (string)JsonNode.Parse(await here.Content.ReadAsStringAsync())!["detail"]!,
                (string)JsonNode.Parse(await there.Content.ReadAsStringAsync())!["detail"]!);
            FleetStatus status = await FleetStatus.ReadAsync(fleet, 10, stop.Token);
            for (int i = 0; i < 100 && status.Results > 0; i++)
            {
                await Task.Delay(50);
                status = await FleetStatus.ReadAsync(fleet, 10, stop.Token);
            }

            Assert.Equal((0, 1), (status.Results, status.Dead));
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working);
    }

    [NatsFact]
    public async Task Without_a_worker_the_request_ends_in_time()
    {
        using var nats = new NatsServer();
        var fleet = new FleetOptions { Server = FleetOptions.ParseServer(nats.Address) };
        await using TestServer server = await TestServer.StartAsync(options => options with
        {
            Fleet = fleet,
            RequestTimeout = TimeSpan.FromSeconds(2),
        });
        using HttpResponseMessage response = await server.PostImageAsync(Parts.Good(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task A_fleet_that_is_not_there_is_said_at_the_start()
    {
        var fleet = new FleetOptions { Server = FleetOptions.ParseServer("nats://127.0.0.1:1") };
        FleetException error = await Assert.ThrowsAsync<FleetException>(
            () => TestServer.StartAsync(options => options with { Fleet = fleet }));
        Assert.StartsWith("Cannot use NATS at 127.0.0.1:1: ", error.Message, StringComparison.Ordinal);
    }

    private static string WithoutTime(JsonNode inspection)
    {
        inspection["time"] = null;
        return inspection.ToJsonString();
    }
}
