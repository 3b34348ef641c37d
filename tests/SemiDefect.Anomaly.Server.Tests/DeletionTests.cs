using System.Net;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Server.Tests.Support;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class DeletionTests
{
    [Fact]
    public async Task A_deleted_model_comes_back_with_its_versions_and_training_images()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode before = await server.InspectAsync(Parts.Bad(1));
        await server.PutTrainingAsync("tiny", 3);
        await server.PutAsync("/api/v1/models/tiny/threshold", new { false_alarm_rate = 0.05 });
        byte[] file = await File.ReadAllBytesAsync(server.ModelPath);
        await DeleteAsync(server, "/api/v1/models/tiny");
        JsonNode models = await server.GetAsync("/api/v1/models");
        Assert.Empty(models["models"]!.AsArray());
        JsonNode deleted = Assert.Single(models["deleted"]!.AsArray())!;
        Assert.Equal(
            ("model", "tiny", "local"),
            ((string)deleted["kind"]!, (string)deleted["model"]!, (string)deleted["actor"]!));
        Assert.Equal(TimeSpan.FromDays(1), (DateTimeOffset)deleted["until"]! - (DateTimeOffset)deleted["time"]!);
        Assert.Empty((await server.GetAsync("/api/v1/models/tiny/training"))["images"]!.AsArray());
        using HttpResponseMessage gone = await server.PostImageAsync(Parts.Bad(1));
        await TestServer.AssertProblemAsync(404, "not-found", gone);

        // Also after a restart.
        await server.RestartAsync();
        await server.PostAsync("/api/v1/models/tiny/restore", null);
        Assert.Equal(file, await File.ReadAllBytesAsync(server.ModelPath));
        Assert.Equal((double)before["score"]!, (double)(await server.InspectAsync(Parts.Bad(1)))["score"]!);
        Assert.Equal(3, (await server.GetAsync("/api/v1/models/tiny/training"))["images"]!.AsArray().Count);
        JsonNode versions = await server.GetAsync("/api/v1/models/tiny/versions");
        Assert.Equal((2, 2), ((int)versions["active"]!, versions["versions"]!.AsArray().Count));
        using HttpResponseMessage again = await server.Client.PostAsync("/api/v1/models/tiny/restore", null);
        await TestServer.AssertProblemAsync(404, "not-found", again);
    }

    [Fact]
    public async Task A_deleted_model_goes_for_good_after_a_day()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.InspectAsync(Parts.Bad(1));
        await server.PutTrainingAsync("tiny", 3);
        await DeleteAsync(server, "/api/v1/models/tiny");
        string trash = Path.Combine(server.Options.DataFolder, "deleted", "1");
        string versions = Path.Combine(server.Options.DataFolder, "versions", "tiny");
        Assert.True(Directory.Exists(trash) && Directory.Exists(versions));

        await server.StopAsync();
        server.Execute("UPDATE deletions SET time = time - 86400001");
        await server.RestartAsync();
        Assert.Empty((await server.GetAsync("/api/v1/models"))["deleted"]!.AsArray());
        await TestServer.WaitUntilAsync(
            () => Task.FromResult(!Directory.Exists(trash) && !Directory.Exists(versions)),
            "the deleted model is purged");
        using HttpResponseMessage late = await server.Client.PostAsync("/api/v1/models/tiny/restore", null);
        await TestServer.AssertProblemAsync(404, "not-found", late);
        Assert.Equal(
            "model.purged retention",
            (await server.GetAsync("/api/v1/audit"))["entries"]![0] is { } entry
                ? $"{entry["action"]} {entry["actor"]}"
                : "");
        Assert.Single((await server.GetAsync("/api/v1/inspections"))["inspections"]!.AsArray());
    }

    [Fact]
    public async Task A_restore_overwrites_nothing()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.InspectAsync(Parts.Bad(1));
        await DeleteAsync(server, "/api/v1/models/tiny");
        using var content = new ByteArrayContent(Parts.DetectorFile);
        using HttpResponseMessage uploaded = await server.Client.PutAsync("/api/v1/models/tiny", content);
        Assert.Equal(HttpStatusCode.OK, uploaded.StatusCode);
        using HttpResponseMessage refused = await server.Client.PostAsync("/api/v1/models/tiny/restore", null);
        await TestServer.AssertProblemAsync(409, "exists", refused);
    }

    [Fact]
    public async Task Cleared_training_images_come_back()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.PutTrainingAsync("new", 3);
        await DeleteAsync(server, "/api/v1/models/new/training");
        Assert.Equal(
            "training",
            (string)Assert.Single((await server.GetAsync("/api/v1/models"))["deleted"]!.AsArray())!["kind"]!);
        await server.PutTrainingAsync("new", 1);
        using HttpResponseMessage refused = await server.Client.PostAsync("/api/v1/models/new/training/restore", null);
        await TestServer.AssertProblemAsync(409, "exists", refused);
        await DeleteAsync(server, "/api/v1/models/new/training/0.png");
        JsonNode restored = await server.PostAsync("/api/v1/models/new/training/restore", null);
        Assert.Equal(3, restored["images"]!.AsArray().Count);
        Assert.Empty((await server.GetAsync("/api/v1/models"))["deleted"]!.AsArray());
    }

    [Fact]
    public async Task Nothing_is_taken_away_from_a_fit()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.PutTrainingAsync("tiny", 16);
        JsonNode job = await server.PostAsync("/api/v1/models/tiny/fit", new { resize = 512, coreset = 0.5 });
        foreach (string path in new[] { "tiny/training", "tiny/training/0.png", "tiny" })
        {
            using HttpResponseMessage refused = await server.Client.DeleteAsync($"/api/v1/models/{path}");
            await TestServer.AssertProblemAsync(409, "under-way", refused);
        }

        using var other = new ByteArrayContent(Parts.Good(99));
        using HttpResponseMessage replaced = await server.Client.PutAsync("/api/v1/models/tiny/training/0.png", other);
        await TestServer.AssertProblemAsync(409, "under-way", replaced);
        using HttpResponseMessage cancelled = await server.Client.DeleteAsync($"/api/v1/jobs/{job["id"]}");
        await server.Client.GetStringAsync($"/api/v1/jobs/{job["id"]}/events");
        await DeleteAsync(server, "/api/v1/models/tiny/training");
    }

    private static async Task DeleteAsync(TestServer server, string path)
    {
        using HttpResponseMessage response = await server.Client.DeleteAsync(path);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }
}
