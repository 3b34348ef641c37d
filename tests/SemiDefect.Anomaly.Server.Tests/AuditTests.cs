using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Server.Tests.Support;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class AuditTests
{
    [Fact]
    public async Task Every_change_is_recorded_with_its_actor_and_reason_and_exported()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode bad = await server.InspectAsync(Parts.Bad(1));
        await server.PutAsync($"/api/v1/inspections/{bad["id"]}/verdict", new { value = "false_alarm" });
        await server.PutAsync(
            "/api/v1/models/tiny/threshold",
            new { value = (double)bad["threshold"]! + 0.01, reason = "=too, \"many\"" });
        await server.PostAsync("/api/v1/models/tiny/versions/1/activate", new { });
        using HttpResponseMessage cleared = await server.Client.DeleteAsync(
            $"/api/v1/inspections/{bad["id"]}/verdict");
        using HttpResponseMessage deleted = await server.Client.DeleteAsync("/api/v1/models/tiny");
        await server.PostAsync("/api/v1/models/tiny/restore", null);

        JsonArray entries = (await server.GetAsync("/api/v1/audit"))["entries"]!.AsArray();
        Assert.Equal(
            [
                "model.restored local", "model.deleted local", "verdict.cleared local", "version.activated local",
                "threshold.set local", "version.added local", "verdict.set local", "file.changed file system",
                "version.added file system",
            ],
            entries.Select(entry => $"{entry!["action"]} {entry["actor"]}"));
        JsonNode threshold = entries[4]!;
        Assert.Equal("=too, \"many\"", (string)threshold["reason"]!);
        Assert.Equal((double)bad["threshold"]!, (double)threshold["before"]!["threshold"]!);
        Assert.Equal((double)bad["threshold"]! + 0.01, (double)threshold["after"]!["threshold"]!);

        JsonNode page = await server.GetAsync("/api/v1/audit?model=tiny&action=version.added&limit=1");
        Assert.Equal(6 - 2, (int)page["entries"]![0]!["id"]!);
        JsonNode rest = await server.GetAsync(
            $"/api/v1/audit?model=tiny&action=version.added&cursor={page["next_cursor"]}");
        Assert.Equal(1, (int)Assert.Single(rest["entries"]!.AsArray())!["id"]!);

        string csv = await server.Client.GetStringAsync("/api/v1/audit/export.csv");
        Assert.Equal(entries.Count + 1, csv.TrimEnd('\n').Split('\n').Length);
        Assert.Contains(",\"'=too, \"\"many\"\"\",", csv, StringComparison.Ordinal);
        JsonArray json = (await server.GetAsync("/api/v1/audit/export.json")).AsArray();
        Assert.Equal(entries.Count, json.Count);
        Assert.True(JsonNode.DeepEquals(json[^1], entries[0]));
    }

    [Theory]
    [InlineData("UPDATE audit SET reason = 'none' WHERE id = 2", 1, "Entry 2 was changed.")]
    [InlineData("UPDATE audit SET time = time + 1 WHERE id = 3", 2, "Entry 3 was changed.")]
    [InlineData("DELETE FROM audit WHERE id = 2", 1, "Entry 2 is missing.")]
    [InlineData("DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)", 4, "the last are missing")]
    [InlineData("UPDATE audit SET previous = hash WHERE id = 3", 2, "Entry 3 does not follow")]
    public async Task A_changed_or_missing_entry_is_noticed(string sql, int intact, string problem)
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.InspectAsync(Parts.Bad(1));
        await server.PutAsync("/api/v1/models/tiny/threshold", new { false_alarm_rate = 0.05, reason = "more" });
        await server.PostAsync("/api/v1/models/tiny/versions/1/activate", new { reason = "less" });
        JsonNode before = await server.GetAsync("/api/v1/audit/verify");
        Assert.Equal((true, 5), ((bool)before["intact"]!, (int)before["entries"]!));

        await server.StopAsync();
        server.Execute("DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_deleted;");
        server.Execute(sql);
        await server.RestartAsync();
        JsonNode after = await server.GetAsync("/api/v1/audit/verify");
        Assert.Equal((false, intact), ((bool)after["intact"]!, (int)after["entries"]!));
        Assert.Contains(problem, (string)after["problem"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_threshold_that_nobody_means_needs_force()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode model = await server.GetAsync("/api/v1/models/tiny");
        double highest = model["calibration_scores"]!.AsArray().Max(score => (double)score!);
        Assert.Equal(10 * highest, (double)model["highest_threshold"]!);
        foreach (object body in new object[]
        {
            new { value = -0.001 }, new { value = 10.001 * highest }, new { value = highest, pixel_value = -1.0 },
            new { value = highest, pixel_value = 1e6 },
        })
        {
            using HttpResponseMessage response = await server.Client.PutAsJsonAsync(
                "/api/v1/models/tiny/threshold",
                body);
            await TestServer.AssertProblemAsync(422, "threshold-range", response);
        }

        Assert.Equal(1, (int)(await server.GetAsync("/api/v1/models/tiny"))["version"]!);
        JsonNode forced = await server.PutAsync("/api/v1/models/tiny/threshold", new { value = -1.0, force = true });
        Assert.Equal(-1, (double)forced["after"]!["value"]!);

        // The way back to the rule is known after the threshold was set by hand.
        JsonNode byHand = await server.GetAsync("/api/v1/models/tiny");
        Assert.Null(byHand["false_alarm_rate"]);
        Assert.Equal(0.01, (double)byHand["rule_rate"]!);
        JsonNode back = await server.PutAsync(
            "/api/v1/models/tiny/threshold",
            new { false_alarm_rate = (double)byHand["rule_rate"]! });
        Assert.Equal((double)model["threshold"]!["value"]!, (double)back["after"]!["value"]!);
    }
}
