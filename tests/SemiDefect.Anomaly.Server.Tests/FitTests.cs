using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Server.Tests.Support;

namespace SemiDefect.Anomaly.Server.Tests;

[Trait("Speed", "Slow")]
public sealed class FitTests
{
    [Fact]
    public async Task A_model_is_fitted_from_its_training_images_with_progress()
    {
        await using TestServer server = await TestServer.StartAsync();
        for (int i = 0; i < 16; i++)
        {
            await PutImageAsync(server, "long", $"{i}.png", Parts.Good(i));
        }

        for (int i = 0; i < 8; i++)
        {
            await PutImageAsync(server, "new", $"{i}.png", Parts.Good(i));
        }

        // Jobs run one at a time, so the next one is still waiting when its state is queried.
        using HttpResponseMessage before = await server.Client.PostAsJsonAsync(
            "/api/v1/models/long/fit",
            new { resize = 512, coreset = 0.5 });
        using HttpResponseMessage started = await server.Client.PostAsJsonAsync(
            "/api/v1/models/new/fit",
            new { resize = 64, coreset = 0.2, seed = 7 });
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        JsonNode job = await TestServer.ReadAsync(started);
        using HttpResponseMessage second = await server.Client.PostAsJsonAsync(
            "/api/v1/models/new/fit",
            new { resize = 64 });
        await TestServer.AssertProblemAsync(409, "under-way", second);

        using HttpResponseMessage stream = await server.Client.GetAsync(
            $"{started.Headers.Location}/events",
            HttpCompletionOption.ResponseHeadersRead);
        using HttpResponseMessage cancelled = await server.Client.DeleteAsync(before.Headers.Location);
        string events = await stream.Content.ReadAsStringAsync();
        JsonNode[] states =
        [
            .. events.Split('\n')
                .Where(line => line.StartsWith("data: ", StringComparison.Ordinal))
                .Select(line => JsonNode.Parse(line[6..])!),
        ];
        Assert.True(states.Length > 1, events);
        Assert.Equal("done", (string)states[^1]["state"]!);
        Assert.Contains(states, state => (string?)state["stage"] is "features" or "coreset" or "thresholds");
        Assert.Equal("done", (string)(await server.GetAsync($"/api/v1/jobs/{job["id"]}"))["state"]!);

        using HttpResponseMessage answer = await server.PostImageAsync(Parts.Bad(1), model: "new");
        JsonNode inspection = await TestServer.ReadAsync(answer);
        Assert.Equal("abnormal", (string)inspection["decision"]!);
        JsonNode compare = await server.GetAsync((string)inspection["links"]!["compare"]!);
        Assert.True((bool)compare["training"]!["available"]!);
        Assert.InRange((double)compare["training"]!["x"]!, -1, Parts.Width);
        byte[] training = await server.Client.GetByteArrayAsync((string)compare["training"]!["image"]!);
        string seed = Path.GetFileNameWithoutExtension((string)compare["training"]!["name"]!);
        Assert.Equal(Parts.Good(int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture)), training);

        await server.RestartAsync();
        Assert.Equal("done", (string)(await server.GetAsync($"/api/v1/jobs/{job["id"]}"))["state"]!);
    }

    [Fact]
    public async Task A_fit_is_cancelled_and_leaves_no_model()
    {
        await using TestServer server = await TestServer.StartAsync();
        for (int i = 0; i < 16; i++)
        {
            await PutImageAsync(server, "new", $"{i}.png", Parts.Good(i));
        }

        using HttpResponseMessage started = await server.Client.PostAsJsonAsync(
            "/api/v1/models/new/fit",
            new { resize = 512, coreset = 0.5 });
        JsonNode job = await TestServer.ReadAsync(started);
        using HttpResponseMessage cancelled = await server.Client.DeleteAsync($"/api/v1/jobs/{job["id"]}");
        Assert.Equal(HttpStatusCode.Accepted, cancelled.StatusCode);
        string events = await server.Client.GetStringAsync($"/api/v1/jobs/{job["id"]}/events");
        Assert.Contains("\"state\":\"cancelled\"", events, StringComparison.Ordinal);
        using HttpResponseMessage none = await server.PostImageAsync(Parts.Bad(1), model: "new");
        await TestServer.AssertProblemAsync(404, "not-found", none);
    }

    [Fact]
    public async Task A_fit_says_that_images_are_few_and_what_its_version_can_see()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.PutTrainingAsync("few", 8);
        JsonNode few = await server.RunJobAsync("/api/v1/models/few/fit", new { resize = 64 });
        JsonNode blind = await server.GetAsync("/api/v1/models/few/evidence");
        Assert.Null(blind["planted"]);
        Assert.Null(blind["tuning"]);
        Assert.Equal(8, (int)blind["images"]!);
        string note = (string)blind["note"]!;
        Assert.Contains(few["notices"]!.AsArray(), notice => (string)notice! == note);

        await server.PutTrainingAsync("many", 20);
        await server.RunJobAsync("/api/v1/models/many/fit", new { resize = 64, tune = "quick" });
        JsonNode seen = await server.GetAsync("/api/v1/models/many/evidence");
        Assert.Equal(1, (int)seen["version"]!);
        JsonArray thresholds = seen["planted"]!["thresholds"]!.AsArray();
        JsonNode present = Assert.Single(thresholds, threshold => (bool)threshold!["is_present"]!)!;
        Assert.Equal(0.01, (double)present["false_alarm_rate"]!);
        Assert.Equal(16, (int)present["found"]!["planted"]!);
        Assert.Equal(
            (int)present["found"]!["found"]!,
            present["by_size"]!.AsArray().Sum(size => (int)size!["found"]!));
        JsonArray candidates = seen["tuning"]!["candidates"]!.AsArray();
        Assert.True((bool)candidates[0]!["is_default"]!);
        Assert.Single(candidates, candidate => (bool)candidate!["is_chosen"]!);

        await server.PutAsync("/api/v1/models/many/threshold", new { false_alarm_rate = 0.1 });
        JsonNode first = await server.GetAsync("/api/v1/models/many/evidence?version=1");
        JsonNode second = await server.GetAsync("/api/v1/models/many/evidence");
        Assert.Equal(seen.ToJsonString(), first.ToJsonString());
        Assert.Equal(2, (int)second["version"]!);
        using HttpResponseMessage none = await server.Client.GetAsync("/api/v1/models/many/evidence?version=9");
        await TestServer.AssertProblemAsync(404, "not-found", none);
        using HttpResponseMessage missing = await server.Client.GetAsync("/api/v1/models/none/evidence");
        await TestServer.AssertProblemAsync(404, "not-found", missing);
    }

    [Fact]
    public async Task A_model_learns_the_images_called_false_alarms()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpResponseMessage nothing = await server.Client.PostAsync("/api/v1/models/tiny/update", null);
        await TestServer.AssertProblemAsync(422, "invalid", nothing);
        JsonNode before = await server.InspectAsync(Parts.Bad(1));
        await server.PutAsync($"/api/v1/inspections/{before["id"]}/verdict", new { value = "false_alarm" });
        Assert.Equal(1, (int)(await server.GetAsync("/api/v1/models/tiny/advice"))["false_alarms"]!);

        using HttpResponseMessage started = await server.Client.PostAsync("/api/v1/models/tiny/update", null);
        JsonNode job = await TestServer.ReadAsync(started);
        string events = await server.Client.GetStringAsync($"/api/v1/jobs/{job["id"]}/events");
        Assert.Contains("\"state\":\"done\"", events, StringComparison.Ordinal);
        Assert.Equal((double)before["score"]!, (double)(await server.InspectAsync(Parts.Bad(1)))["score"]!);
        await server.PostAsync("/api/v1/models/tiny/versions/2/activate", new { });
        JsonNode after = await server.InspectAsync(Parts.Bad(1));
        Assert.True(
            (double)after["score"]! < (double)before["score"]!,
            $"{before["score"]} before, {after["score"]} after");
        Assert.Equal(Parts.GoodCount + 1, (int)(await server.GetAsync("/api/v1/models/tiny"))["images"]!);
    }

    [Fact]
    public async Task What_cannot_be_learned_from_is_refused()
    {
        await using TestServer server = await TestServer.StartAsync();
        async Task RefusedAsync(string name, byte[] image)
        {
            using var content = new ByteArrayContent(image);
            using HttpResponseMessage response = await server.Client.PutAsync(
                $"/api/v1/models/new/training/{name}",
                content);
            await TestServer.AssertProblemAsync(422, "invalid", response);
        }

        await RefusedAsync("a.png", "no image"u8.ToArray());
        await RefusedAsync("a.exe", Parts.Good(1));
        await RefusedAsync("..%2Fa.png", Parts.Good(1));
        using HttpResponseMessage empty = await server.Client.PostAsJsonAsync("/api/v1/models/new/fit", new { });
        await TestServer.AssertProblemAsync(422, "invalid", empty);

        await PutImageAsync(server, "new", "a.png", Parts.Good(1));
        object[] bodies =
        [
            new { backbone = "/etc/passwd" },
            new { preset = "none" },
            new { tune = "always" },
            new { coreset = 2.0 },
            new { resize = -1 },
            new { resize = 0 },
            new { false_alarm_rate = 2.0 },
        ];
        foreach (object body in bodies)
        {
            using HttpResponseMessage response = await server.Client.PostAsJsonAsync("/api/v1/models/new/fit", body);
            await TestServer.AssertProblemAsync(422, "invalid", response);
        }

        using HttpResponseMessage deleted = await server.Client.DeleteAsync("/api/v1/models/new/training/a.png");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Empty((await server.GetAsync("/api/v1/models/new/training"))["images"]!.AsArray());
    }

    private static async Task PutImageAsync(TestServer server, string model, string name, byte[] image)
    {
        using var content = new ByteArrayContent(image);
        using HttpResponseMessage response = await server.Client.PutAsync(
            $"/api/v1/models/{model}/training/{name}",
            content);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }
}
