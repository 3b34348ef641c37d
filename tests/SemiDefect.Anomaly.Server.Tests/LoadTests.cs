using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests;

/// <summary>The server in its own process, under more load than it accepts.</summary>
[Trait("Speed", "Slow")]
public sealed class LoadTests : IDisposable
{
    private const int Clients = 24;

    private static readonly byte[][] Images =
        [.. Enumerable.Range(0, 20).Select(i => i % 4 == 0 ? Parts.Bad(i) : Parts.Good(i))];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ten_thousand_inspections_lose_none_and_the_memory_stays_flat()
    {
        const int Count = 10_000;
        using ServerProcess server = await ServerProcess.StartAsync(_folder, "--keep-pictures-gb", "0.001");
        var ids = new ConcurrentDictionary<long, int>();
        int busy = 0;
        await LoadAsync(server, 3000, ids, () => Interlocked.Increment(ref busy));
        long before = await MemoryAsync(server);
        await LoadAsync(server, Count - 3000, ids, () => Interlocked.Increment(ref busy));
        long after = await MemoryAsync(server);

        Assert.Equal(Count, ids.Count);
        string csv = await server.Client.GetStringAsync("/api/v1/inspections/export.csv");
        string[] lines = csv.TrimEnd('\n').Split('\n');
        Assert.Equal(Count, lines.Length - 1);
        Assert.Equal(
            ids.Keys.Order(),
            lines.Skip(1).Select(line => long.Parse(line.Split(',')[0], CultureInfo.InvariantCulture)).Order());
        Assert.True(after < before + (100L << 20), $"{before} bytes after 3,000 inspections, {after} after 10,000");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(0, await server.TerminateAsync());
        }
    }

    [Fact]
    public async Task A_killed_server_has_every_inspection_that_it_acknowledged()
    {
        var acknowledged = new ConcurrentDictionary<long, double>();
        using (ServerProcess server = await ServerProcess.StartAsync(_folder))
        {
            await server.Client.GetAsync("/health/ready");
            Task[] clients = [.. Enumerable.Range(0, 8).Select(client => Task.Run(async () =>
            {
                try
                {
                    for (int i = client; ; i++)
                    {
                        using HttpResponseMessage response = await PostAsync(server, i);
                        if (response.StatusCode == HttpStatusCode.OK)
                        {
                            JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
                            acknowledged[(long)answer["id"]!] = (double)answer["score"]!;
                        }
                    }
                }
                catch (HttpRequestException)
                {
                    // Killed.
                }
                catch (IOException)
                {
                    // Killed during a response.
                }
            }))];
            while (acknowledged.Count < 400)
            {
                await Task.Delay(5);
            }

            await server.KillAsync();
            await Task.WhenAll(clients);
        }

        using ServerProcess again = await ServerProcess.StartAsync(_folder);
        string csv = await again.Client.GetStringAsync("/api/v1/inspections/export.csv");
        string[] lines = csv.TrimEnd('\n').Split('\n');
        Dictionary<long, double> stored = lines.Skip(1).Select(line => line.Split(','))
            .ToDictionary(
                fields => long.Parse(fields[0], CultureInfo.InvariantCulture),
                fields => double.Parse(fields[9], CultureInfo.InvariantCulture));
        Assert.All(acknowledged, pair => Assert.Equal(pair.Value, stored[pair.Key]));
        using HttpResponseMessage next = await PostAsync(again, 1);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    private static async Task LoadAsync(
        ServerProcess server,
        int count,
        ConcurrentDictionary<long, int> ids,
        Action onBusy)
    {
        int next = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) <= count;)
            {
                while (true)
                {
                    using HttpResponseMessage response = await PostAsync(server, i);
                    if (response.StatusCode == HttpStatusCode.TooManyRequests)
                    {
                        onBusy();
                        await Task.Delay(20);
                        continue;
                    }

                    Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                    JsonNode answer = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
                    Assert.True(ids.TryAdd((long)answer["id"]!, i));
                    break;
                }
            }
        })));
    }

    private static async Task<HttpResponseMessage> PostAsync(ServerProcess server, int i)
    {
        using var content = new ByteArrayContent(Images[i % Images.Length]);
        return await server.Client.PostAsync($"/api/v1/models/tiny/inspect?name={i}.png", content);
    }

    private static async Task<long> MemoryAsync(ServerProcess server)
    {
        var metrics = new MetricsPage(await server.Client.GetStringAsync("/metrics"));
        return (long)metrics.Value("process_resident_memory_bytes")!.Value;
    }
}
