using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests;

/// <summary>
/// The server in its own process, killed while models change. SEMIDEFECT_KILLS sets how often; a few times suffice in
/// CI.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class KillTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Versions_and_audit_survive_a_kill_at_any_moment()
    {
        int kills = int.Parse(
            Environment.GetEnvironmentVariable("SEMIDEFECT_KILLS") ?? "3",
            CultureInfo.InvariantCulture);
        var known = new Changes(1, null, 0, new Dictionary<int, string>());
        for (int kill = 0; kill <= kills; kill++)
        {
            using ServerProcess server = await ServerProcess.StartAsync(_folder);
            known = known with { Active = await CheckAsync(server, known), Pending = null };
            if (kill < kills)
            {
                // Another moment each time: mostly after the first change, which takes longest, or during it.
                var first = new TaskCompletionSource();
                Task<Changes> changing = ChangeAsync(server, known, kill, first);
                await (kill % 5 == 4 ? Task.CompletedTask : Task.WhenAny(first.Task, changing));
                await Task.Delay(kill * 137 % 400);
                await server.KillAsync();
                known = await changing;
            }
        }

        Assert.True(known.Entries >= kills * 4 / 5, $"{known.Entries} changes were acknowledged.");
    }

    [Fact]
    public async Task A_killed_fit_is_interrupted_and_can_be_started_again()
    {
        long id;
        using (ServerProcess server = await ServerProcess.StartAsync(_folder))
        {
            for (int i = 0; i < 12; i++)
            {
                using var image = new ByteArrayContent(Parts.Good(i));
                await server.Client.PutAsync($"/api/v1/models/new/training/{i}.png", image);
            }

            using HttpResponseMessage started = await server.Client.PostAsJsonAsync(
                "/api/v1/models/new/fit",
                new { resize = 512, coreset = 0.5, seed = 7 });
            id = (long)(await TestServer.ReadAsync(started))["id"]!;
            await WaitAsync(server, id, "running");
            await server.KillAsync();
        }

        using ServerProcess again = await ServerProcess.StartAsync(_folder);
        JsonNode job = await ReadAsync(again, $"/api/v1/jobs/{id}");
        Assert.Equal(("interrupted", true), ((string)job["state"]!, (bool)job["can_restart"]!));
        string events = await again.Client.GetStringAsync($"/api/v1/jobs/{id}/events");
        Assert.Contains("\"state\":\"interrupted\"", events, StringComparison.Ordinal);
        using HttpResponseMessage restarted = await again.Client.PostAsync($"/api/v1/jobs/{id}/restart", null);
        JsonNode second = await TestServer.ReadAsync(restarted);
        Assert.Equal(("fit", "new"), ((string)second["kind"]!, (string)second["model"]!));
        using HttpResponseMessage twice = await again.Client.PostAsync($"/api/v1/jobs/{id}/restart", null);
        await TestServer.AssertProblemAsync(409, "under-way", twice);
        await WaitAsync(again, (long)second["id"]!, "running");
        using HttpResponseMessage cancelled = await again.Client.DeleteAsync($"/api/v1/jobs/{second["id"]}");
        await WaitAsync(again, (long)second["id"]!, "cancelled");
    }

    /// <summary>Changes the model until the server is killed.</summary>
    /// <returns>What the server has acknowledged, and the change that it may have made besides.</returns>
    private static async Task<Changes> ChangeAsync(
        ServerProcess server,
        Changes known,
        int kill,
        TaskCompletionSource first)
    {
        try
        {
            for (int i = 0; ; i++)
            {
                int back = known.Versions.Keys.Order().ElementAtOrDefault(i % Math.Max(1, known.Versions.Count));
                known = known with { Pending = i % 3 == 2 ? back : 0 };
                using HttpResponseMessage response = i % 3 == 2
                    ? await server.Client.PostAsJsonAsync($"/api/v1/models/tiny/versions/{back}/activate", new { })
                    : await server.Client.PutAsJsonAsync(
                        "/api/v1/models/tiny/threshold",
                        new { value = 0.05 + (1e-6 * ((kill * 1000) + i)) });
                JsonNode answer = await TestServer.ReadAsync(response);
                int active = (int)(answer["version"] ?? answer["number"])!;
                known = known with { Active = active, Pending = null, Entries = known.Entries + 1 };
                first.TrySetResult();
                JsonNode list = await ReadAsync(server, "/api/v1/models/tiny/versions");
                known = known with
                {
                    Versions = list["versions"]!.AsArray().ToDictionary(
                        version => (int)version!["number"]!,
                        version => (string)version!["sha256"]!),
                };
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return known;
        }
    }

    /// <summary>Checks what a kill has left.</summary>
    /// <returns>The active version: also one whose answer the kill cut off.</returns>
    private async Task<int> CheckAsync(ServerProcess server, Changes known)
    {
        JsonNode audit = await ReadAsync(server, "/api/v1/audit/verify");
        Assert.True((bool)audit["intact"]!, $"{audit}");
        Assert.True((int)audit["entries"]! >= known.Entries, $"{audit}");

        JsonNode list = await ReadAsync(server, "/api/v1/models/tiny/versions");
        Dictionary<int, string> versions = list["versions"]!.AsArray().ToDictionary(
            version => (int)version!["number"]!,
            version => (string)version!["sha256"]!);
        Assert.Equal(Enumerable.Range(1, versions.Count), versions.Keys.Order());
        Assert.All(known.Versions, pair => Assert.Equal(pair.Value, versions[pair.Key]));
        foreach (string sha256 in versions.Values)
        {
            Assert.Equal(sha256, HashOf(_folder.File($"data/versions/tiny/{sha256}.sdad")));
        }

        // The last acknowledged one, or the one whose answer the kill cut off: 0 stands for a new version.
        int active = (int)list["active"]!;
        Assert.Equal(versions[active], HashOf(_folder.File("models/tiny.sdad")));
        bool isNew = known.Pending == 0 && active == versions.Count;
        Assert.True(
            active == known.Active || active == known.Pending || isNew,
            $"version {active} is active; {known.Active} was acknowledged, {known.Pending} was pending");
        using var image = new ByteArrayContent(Parts.Bad(1));
        using HttpResponseMessage inspected = await server.Client.PostAsync("/api/v1/models/tiny/inspect", image);
        Assert.Equal("abnormal", (string)(await TestServer.ReadAsync(inspected))["decision"]!);
        return active;
    }

    private static string HashOf(string path) =>
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private static Task WaitAsync(ServerProcess server, long job, string state) => TestServer.WaitUntilAsync(
        async () => (string)(await ReadAsync(server, $"/api/v1/jobs/{job}"))["state"]! == state,
        $"job {job} is {state}");

    private static async Task<JsonNode> ReadAsync(ServerProcess server, string path)
    {
        using HttpResponseMessage response = await server.Client.GetAsync(path);
        return await TestServer.ReadAsync(response);
    }

    private sealed record Changes(int Active, int? Pending, int Entries, IReadOnlyDictionary<int, string> Versions);
}
