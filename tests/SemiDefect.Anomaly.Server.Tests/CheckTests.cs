using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.Server.Watching;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests;

/// <summary>The band of images to be checked, on the server and in a watched folder.</summary>
public sealed class CheckTests
{
    [Fact]
    public async Task A_check_rate_makes_a_version_with_the_same_threshold_and_images_to_check()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode before = await server.GetAsync("/api/v1/models/tiny");
        Assert.Equal(0.05, (double)before["check_rate"]!);
        JsonNode change = await server.PutAsync("/api/v1/models/tiny/threshold", new { check_rate = 0.9 });
        Assert.Equal((double)before["threshold"]!["value"]!, (double)change["after"]!["value"]!);
        Assert.Equal((double)before["check_threshold"]!["value"]!, (double)change["check_before"]!["value"]!);
        double check = (double)change["check_after"]!["value"]!;
        Assert.True(check < (double)change["after"]!["value"]!);
        JsonNode model = await server.GetAsync("/api/v1/models/tiny");
        Assert.Equal((check, 0.9), ((double)model["check_threshold"]!["value"]!, (double)model["check_rate"]!));
        JsonNode version = (await server.GetAsync("/api/v1/models/tiny/versions"))["versions"]!.AsArray()
            .Single(one => (int)one!["number"]! == (int)change["version"]!)!;
        Assert.Equal((check, 0.9), ((double)version["check_threshold"]!, (double)version["check_rate"]!));

        JsonNode[] good = await InspectGoodAsync(server);
        Assert.All(good, one => Assert.Equal(
            (double)one["score"]! > (double)one["threshold"]! ? "abnormal"
                : (double)one["score"]! > (double)one["check_threshold"]! ? "check"
                : "normal",
            (string)one["decision"]!));
        int checks = good.Count(one => (string)one["decision"]! == "check");
        Assert.InRange(checks, 1, good.Length);
        JsonArray listed = (await server.GetAsync("/api/v1/inspections?decision=check"))["inspections"]!.AsArray();
        Assert.Equal(checks, listed.Count);
        Assert.All(listed, one => Assert.Equal(check, (double)one!["check_threshold"]!));
        Assert.Equal(
            good.Count(one => (string)one["decision"]! == "normal"),
            (await server.GetAsync("/api/v1/inspections?decision=normal"))["inspections"]!.AsArray().Count);
        Assert.Contains(
            "decision=\"check\"", await server.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        string csv = await server.Client.GetStringAsync("/api/v1/inspections/export.csv?decision=check");
        Assert.Equal(
            checks, csv.TrimEnd('\n').Split('\n').Count(line => line.Contains(",check,", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_threshold_set_by_hand_has_no_band_and_the_rule_brings_it_back()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode before = await server.GetAsync("/api/v1/models/tiny");
        double value = (double)before["threshold"]!["value"]!;
        JsonNode byHand = await server.PutAsync("/api/v1/models/tiny/threshold", new { value = 1.01 * value });
        Assert.Null(byHand["check_after"]);
        Assert.Equal(0.05, (double)(await server.GetAsync("/api/v1/models/tiny"))["rule_check_rate"]!);
        JsonNode back = await server.PutAsync("/api/v1/models/tiny/threshold", new { false_alarm_rate = 0.01 });
        Assert.Equal(
            (double)before["check_threshold"]!["value"]!, (double)back["check_after"]!["value"]!);
        JsonNode above = await server.PutAsync("/api/v1/models/tiny/threshold", new { false_alarm_rate = 0.1 });
        Assert.Null(above["check_after"]);
    }

    [Theory]
    [InlineData("""{ "value": 1, "check_rate": 0.1 }""")]
    [InlineData("""{ "false_alarm_rate": 0.1, "check_rate": 0.05 }""")]
    [InlineData("""{ "check_rate": 1 }""")]
    [InlineData("""{ "check_rate": 0.01 }""")]
    public async Task A_check_rate_that_does_not_fit_is_refused(string body)
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpResponseMessage response = await server.Client.PutAsync(
            "/api/v1/models/tiny/threshold", JsonContent.Create(JsonNode.Parse(body)));
        await TestServer.AssertProblemAsync(422, "invalid", response);
        Assert.Equal(0.05, (double)(await server.GetAsync("/api/v1/models/tiny"))["check_rate"]!);
    }

    [Fact]
    public async Task Whoever_checked_says_whether_the_part_is_bad()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.PutAsync("/api/v1/models/tiny/threshold", new { check_rate = 0.9 });
        JsonNode[] checks =
            [.. (await InspectGoodAsync(server)).Where(one => (string)one["decision"]! == "check").Take(2)];
        using HttpResponseMessage missed = await server.Client.PutAsJsonAsync(
            $"/api/v1/inspections/{checks[0]["id"]}/verdict", new { value = "missed" });
        await TestServer.AssertProblemAsync(422, "invalid", missed);
        await server.PutAsync($"/api/v1/inspections/{checks[0]["id"]}/verdict", new { value = "confirmed" });
        await server.PutAsync($"/api/v1/inspections/{checks[1]["id"]}/verdict", new { value = "false_alarm" });
        JsonNode advice = await server.GetAsync("/api/v1/models/tiny/advice");
        Assert.Equal(
            (1, 1, 1), ((int)advice["bad"]!, (int)advice["good"]!, (int)advice["false_alarms"]!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Watched_images_to_check_go_to_their_own_folder(bool byServer)
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.PutAsync("/api/v1/models/tiny/threshold", new { check_rate = 0.9 });
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("in"));
        for (int i = 0; i < 8; i++)
        {
            await File.WriteAllBytesAsync(folder.File($"in/{i}.png"), Parts.Good(50 + i));
        }

        using FolderWatcher watcher = FolderWatcher.Open(new WatchOptions
        {
            ModelPath = byServer ? "tiny" : server.ModelPath,
            Server = byServer ? server.Client.BaseAddress : null,
            Folder = folder.File("in"),
            OutputFolder = folder.File("out"),
            Heatmaps = true,
            Threads = 1,
        });
        await watcher.ScanAsync(0, CancellationToken.None);
        Assert.Equal(8, await watcher.ScanAsync(1_000_000, CancellationToken.None));
        string[] reports = Directory.GetFiles(folder.File("out/check"), "*.json");
        Assert.NotEmpty(reports);
        foreach (string path in reports)
        {
            JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
            Assert.Equal("check", (string)report["decision"]!);
            Assert.InRange(
                (double)report["score"]!, (double)report["check_threshold"]!, (double)report["threshold"]!);
            Assert.True(File.Exists(path[..^".json".Length] + ".heatmap.png"));
            Assert.True(File.Exists(path[..^".json".Length]));
        }
    }

    private static async Task<JsonNode[]> InspectGoodAsync(TestServer server)
    {
        var inspections = new JsonNode[8];
        for (int i = 0; i < inspections.Length; i++)
        {
            inspections[i] = await server.InspectAsync(Parts.Good(50 + i), $"good-{i}.png");
        }

        return inspections;
    }
}
