using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Server.Tests.Support;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class ComparisonTests
{
    private const string Versions = "/api/v1/models/tiny/versions";

    [Fact]
    public async Task Versions_with_other_thresholds_are_compared_without_scoring()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode[] found = await server.InspectDefectsAsync(3, confirmed: 0);
        for (int i = 0; i < 4; i++)
        {
            await server.InspectAsync(Parts.Good(100 + i), $"good-{i}.png");
        }

        // Between the lowest and the highest score of the defects.
        double[] scores = [.. found.Select(inspection => (double)inspection["score"]!).Order()];
        double threshold = (scores[0] + scores[1]) / 2;
        await server.PutAsync("/api/v1/models/tiny/threshold", new { value = threshold, force = true });
        JsonNode comparison = await server.GetAsync($"{Versions}/1/comparison");
        Assert.Equal((1, 2), ((int)comparison["version"]!, (int)comparison["with"]!));
        Assert.Equal((7, 0), ((int)comparison["compared"]!, (int)comparison["unscored"]!));
        Assert.Equal(7, comparison["agreement"]!.AsArray().Sum(pair => (int)pair!["count"]!));
        Assert.Equal(2, Count(comparison, "abnormal", "abnormal"));
        Assert.Equal(1, Count(comparison, "abnormal", "normal"));
        JsonNode differs = Assert.Single(comparison["disagreements"]!.AsArray())!;
        Assert.Equal(scores[0], (double)differs["inspection"]!["score"]!);
        Assert.Equal((scores[0], scores[0]), ((double)differs["score"]!, (double)differs["score_with"]!));
        Assert.Equal(("abnormal", "normal"), ((string)differs["decision"]!, (string)differs["decision_with"]!));

        JsonNode latest = await server.GetAsync($"{Versions}/2/comparison?with=1&count=4");
        Assert.Equal((4, 4), ((int)latest["compared"]!, Count(latest, "normal", "normal")));
    }

    [Fact]
    public async Task A_job_scores_kept_pictures_with_the_other_version_and_changes_nothing()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode[] found = await server.InspectDefectsAsync(4, confirmed: 0);
        await server.PutAsync($"/api/v1/inspections/{found[3]["id"]}/verdict", new { value = "false_alarm" });
        JsonNode update = await server.RunJobAsync("/api/v1/models/tiny/update", new { });
        string candidate = $"{Versions}/{update["version"]}/comparison";
        JsonNode before = await server.GetAsync(candidate);
        Assert.Equal((0, 4), ((int)before["compared"]!, (int)before["unscored"]!));
        Assert.Empty(before["agreement"]!.AsArray());

        JsonNode audit = await server.GetAsync("/api/v1/audit");
        JsonNode job = await server.RunJobAsync(candidate, new { count = 3 });
        Assert.Equal(("done", "compare"), ((string)job["state"]!, (string)job["kind"]!));
        JsonNode after = await server.GetAsync(candidate);
        Assert.Equal((3, 1), ((int)after["compared"]!, (int)after["unscored"]!));

        // The candidate has learned such a blot as good.
        Assert.Equal(3, Count(after, "normal", "abnormal"));
        Assert.All(after["disagreements"]!.AsArray(), one =>
            Assert.True((double)one!["score"]! < (double)one["score_with"]!));
        Assert.Equal(
            found.Skip(1).Reverse().Select(inspection => (int)inspection["id"]!),
            after["disagreements"]!.AsArray().Select(one => (int)one!["inspection"]!["id"]!));
        Assert.Equal($"{audit}", $"{await server.GetAsync("/api/v1/audit")}");
        Assert.Equal(1, (int)(await server.GetAsync(Versions))["active"]!);

        // Again, with the same options: everything is known already.
        using HttpResponseMessage again = await server.Client.PostAsync($"/api/v1/jobs/{job["id"]}/restart", null);
        JsonNode repeated = await TestServer.ReadAsync(again);
        await server.Client.GetStringAsync($"/api/v1/jobs/{repeated["id"]}/events");
        Assert.Equal("done", (string)(await server.GetAsync($"/api/v1/jobs/{repeated["id"]}"))["state"]!);
        Assert.Equal($"{after}", $"{await server.GetAsync(candidate)}");
    }

    [Fact]
    public async Task What_cannot_be_compared_is_refused()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.InspectAsync(Parts.Bad(1));
        foreach ((string path, int status, string kind) in new[]
        {
            ($"{Versions}/9/comparison", 404, "not-found"),
            ($"{Versions}/1/comparison?with=9", 404, "not-found"),
            ("/api/v1/models/none/versions/1/comparison", 404, "not-found"),
            ($"{Versions}/1/comparison?count=0", 422, "invalid"),
            ($"{Versions}/1/comparison?count=5001", 422, "invalid"),
        })
        {
            using HttpResponseMessage response = await server.Client.GetAsync(path);
            await TestServer.AssertProblemAsync(status, kind, response);
        }

        using HttpResponseMessage many = await server.Client.PostAsJsonAsync(
            $"{Versions}/1/comparison",
            new { count = 100_000 });
        await TestServer.AssertProblemAsync(422, "invalid", many);
    }

    private static int Count(JsonNode comparison, string decision, string with) => comparison["agreement"]!.AsArray()
        .Where(pair => (string)pair!["decision"]! == decision && (string)pair["decision_with"]! == with)
        .Sum(pair => (int)pair!["count"]!);
}
