using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Server.Tests.Support;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class VersionTests
{
    private const string Versions = "/api/v1/models/tiny/versions";

    [Fact]
    public async Task Every_change_makes_a_version_and_the_old_ones_can_be_activated()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode first = await server.InspectAsync(Parts.Bad(1));
        byte[] original = await File.ReadAllBytesAsync(server.ModelPath);
        await server.PutAsync("/api/v1/models/tiny/threshold", new { value = (double)first["threshold"]! + 0.01 });
        await server.PutAsync("/api/v1/models/tiny/threshold", new { false_alarm_rate = 0.05 });

        JsonNode list = await server.GetAsync(Versions);
        Assert.Equal(3, (int)list["active"]!);
        Assert.Equal(
            ["3 active threshold", "2 kept threshold", "1 kept file"],
            list["versions"]!.AsArray().Select(version =>
                $"{version!["number"]} {version["state"]} {version["origin"]}"));
        Assert.Equal([2, 1, null], list["versions"]!.AsArray().Select(version => (int?)version!["parent"]));

        JsonNode back = await server.PostAsync($"{Versions}/1/activate", new { reason = "as it was" });
        Assert.Equal((string)first["model_version"]!, (string)back["id"]!);
        Assert.Equal(original, await File.ReadAllBytesAsync(server.ModelPath));
        JsonNode again = await server.InspectAsync(Parts.Bad(1));
        Assert.Equal((string)first["model_version"]!, (string)again["model_version"]!);
        Assert.Equal((double)first["score"]!, (double)again["score"]!);

        // The same content is the same version.
        await server.PutAsync("/api/v1/models/tiny/threshold", new { false_alarm_rate = 0.05 });
        list = await server.GetAsync(Versions);
        Assert.Equal((3, 3), ((int)list["active"]!, list["versions"]!.AsArray().Count));
        using HttpResponseMessage bare = await server.Client.PostAsync($"{Versions}/1/activate", null);
        Assert.Equal(1, (int)(await TestServer.ReadAsync(bare))["number"]!);
        using HttpResponseMessage odd = await server.Client.PostAsJsonAsync(
            $"{Versions}/1/activate",
            new { reasn = 1 });
        await TestServer.AssertProblemAsync(400, "bad-request", odd);
        using HttpResponseMessage none = await server.Client.GetAsync($"{Versions}/9");
        await TestServer.AssertProblemAsync(404, "not-found", none);
        using HttpResponseMessage unknown = await server.Client.GetAsync("/api/v1/models/none/versions");
        await TestServer.AssertProblemAsync(404, "not-found", unknown);
    }

    [Fact]
    public async Task A_file_that_another_program_puts_into_the_folder_becomes_a_version()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.InspectAsync(Parts.Bad(1));
        string other = server.File("other.sdad");
        AnomalyDetector.ChangeThresholds(
            server.ModelPath,
            new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = 1000 },
            outputPath: other);
        File.Copy(other, server.ModelPath, overwrite: true);
        JsonNode inspection = await server.InspectAsync(Parts.Bad(1));
        JsonNode list = await server.GetAsync(Versions);
        Assert.Equal(2, (int)list["active"]!);
        Assert.Equal((string)inspection["model_version"]!, (string)list["versions"]![0]!["id"]!);
        Assert.Equal("file system", (string)list["versions"]![0]!["actor"]!);

        // A broken file has no version, and the versions are the way back.
        await File.WriteAllTextAsync(server.ModelPath, "broken");
        Assert.Equal(2, (await server.GetAsync(Versions))["versions"]!.AsArray().Count);
        await server.PostAsync($"{Versions}/2/activate", new { });
        Assert.Equal(await File.ReadAllBytesAsync(other), await File.ReadAllBytesAsync(server.ModelPath));
        Assert.Equal("normal", (string)(await server.InspectAsync(Parts.Bad(1)))["decision"]!);
    }

    [Fact]
    public async Task What_would_lose_a_known_defect_is_refused_until_it_is_overridden_with_a_reason()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode defect = await server.InspectAsync(Parts.Bad(1), "scratch.png");
        await server.PutAsync($"/api/v1/inspections/{defect["id"]}/verdict", new { value = "confirmed" });
        double value = (double)defect["score"]! + 0.1;
        using HttpResponseMessage blind = await server.Client.PutAsJsonAsync(
            "/api/v1/models/tiny/threshold",
            new { value, force = true });
        await TestServer.AssertProblemAsync(409, "defects-lost", blind);
        Assert.Contains("scratch.png", await blind.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("abnormal", (string)(await server.InspectAsync(Parts.Bad(1)))["decision"]!);
        Assert.Single((await server.GetAsync(Versions))["versions"]!.AsArray());

        using HttpResponseMessage silent = await server.Client.PutAsJsonAsync(
            "/api/v1/models/tiny/threshold",
            new { value, force = true, @override = true });
        await TestServer.AssertProblemAsync(422, "invalid", silent);
        await server.PutAsync(
            "/api/v1/models/tiny/threshold",
            new { value, force = true, @override = true, reason = "a test of the line" });
        Assert.Equal("normal", (string)(await server.InspectAsync(Parts.Bad(1)))["decision"]!);

        // The same holds for an upload, which is then a candidate.
        await server.PostAsync($"{Versions}/1/activate", new { });
        string other = server.File("other.sdad");
        AnomalyDetector.ChangeThresholds(
            server.ModelPath,
            new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = 1000 },
            outputPath: other);
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(other));
        using HttpResponseMessage uploaded = await server.Client.PutAsync("/api/v1/models/tiny", content);
        await TestServer.AssertProblemAsync(409, "defects-lost", uploaded);
        Assert.Equal("abnormal", (string)(await server.InspectAsync(Parts.Bad(1)))["decision"]!);
        JsonNode detail = await server.GetAsync($"{Versions}/3");
        Assert.Equal(("candidate", 1), ((string)detail["version"]!["state"]!, (int)detail["known_defects"]!));
        Assert.Equal((int)defect["id"]!, (int)Assert.Single(detail["lost"]!.AsArray())!["inspection"]!["id"]!);
        using HttpResponseMessage refused = await server.Client.PostAsJsonAsync($"{Versions}/3/activate", new { });
        await TestServer.AssertProblemAsync(409, "defects-lost", refused);
        using HttpResponseMessage active = await server.Client.PostAsJsonAsync($"{Versions}/1/discard", new { });
        await TestServer.AssertProblemAsync(409, "active", active);
        using HttpResponseMessage discarded = await server.Client.PostAsJsonAsync($"{Versions}/3/discard", new { });
        Assert.Equal(HttpStatusCode.NoContent, discarded.StatusCode);
        Assert.Equal("discarded", (string)(await server.GetAsync($"{Versions}/3"))["version"]!["state"]!);
    }

    [Fact]
    public async Task A_mis_click_on_false_alarm_makes_a_candidate_and_the_line_still_sees()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode[] found = await server.InspectDefectsAsync(4, confirmed: 3);
        JsonNode scratch = found[3];
        await server.PutAsync($"/api/v1/inspections/{scratch["id"]}/verdict", new { value = "false_alarm" });

        JsonNode job = await server.RunJobAsync("/api/v1/models/tiny/update", new { });
        Assert.Equal("done", (string)job["state"]!);
        int candidate = (int)job["version"]!;
        JsonNode list = await server.GetAsync(Versions);
        Assert.Equal((1, 2), ((int)list["active"]!, candidate));
        for (int i = 0; i < found.Length; i++)
        {
            Assert.Equal("abnormal", (string)(await server.InspectAsync(Parts.Bad(100 + i)))["decision"]!);
        }

        JsonNode detail = await server.GetAsync($"{Versions}/{candidate}");
        JsonNode learned = Assert.Single(detail["learned"]!.AsArray())!;
        Assert.Equal((int)scratch["id"]!, (int)learned["inspection"]!);
        Assert.NotEmpty(await server.Client.GetByteArrayAsync((string)learned["image"]!));
        Assert.Equal(
            (double)scratch["threshold"]!,
            (double)detail["active"]!["threshold"]!);
        Assert.True((double)detail["version"]!["threshold"]! > (double)scratch["threshold"]!);
        Assert.Equal((3, 0), ((int)detail["known_defects"]!, (int)detail["unscored"]!));

        // The candidate has taken the scratch for good, so it finds none of its kind.
        Assert.Equal(3, detail["lost"]!.AsArray().Count);
        using HttpResponseMessage refused = await server.Client.PostAsJsonAsync(
            $"{Versions}/{candidate}/activate",
            new { });
        await TestServer.AssertProblemAsync(409, "defects-lost", refused);

        // After the verdict is mended, there is nothing to learn.
        await server.PutAsync($"/api/v1/inspections/{scratch["id"]}/verdict", new { value = "confirmed" });
        Assert.Equal(0, (int)(await server.GetAsync("/api/v1/models/tiny/advice"))["false_alarms"]!);
        using HttpResponseMessage nothing = await server.Client.PostAsJsonAsync(
            "/api/v1/models/tiny/update",
            new { });
        await TestServer.AssertProblemAsync(422, "invalid", nothing);
    }

    [Fact]
    public async Task An_update_learns_the_images_that_are_chosen_and_no_image_twice()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode[] found = await server.InspectDefectsAsync(3, confirmed: 0);
        foreach (JsonNode inspection in found)
        {
            await server.PutAsync($"/api/v1/inspections/{inspection["id"]}/verdict", new { value = "false_alarm" });
        }

        int[] ids = [.. found.Select(inspection => (int)inspection["id"]!)];
        using HttpResponseMessage other = await server.Client.PostAsJsonAsync(
            "/api/v1/models/tiny/update",
            new { inspections = new[] { ids[0], 4711 } });
        await TestServer.AssertProblemAsync(422, "invalid", other);
        JsonNode job = await server.RunJobAsync(
            "/api/v1/models/tiny/update",
            new { inspections = new[] { ids[0], ids[2] } });
        JsonNode detail = await server.GetAsync($"{Versions}/{job["version"]}");
        Assert.Equal(
            [ids[0], ids[2]],
            detail["learned"]!.AsArray().Select(image => (int)image!["inspection"]!));
        Assert.Equal(3, (int)(await server.GetAsync("/api/v1/models/tiny/advice"))["false_alarms"]!);
        await server.PostAsync($"{Versions}/{job["version"]}/activate", new { });
        Assert.Equal(1, (int)(await server.GetAsync("/api/v1/models/tiny/advice"))["false_alarms"]!);
        Assert.Equal(Parts.GoodCount + 2, (int)(await server.GetAsync("/api/v1/models/tiny"))["images"]!);
    }

    [Fact]
    public async Task A_version_and_an_audit_entry_cannot_be_changed_in_the_database()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.InspectAsync(Parts.Bad(1));
        await server.StopAsync();
        foreach (string sql in new[]
        {
            "UPDATE versions SET threshold = 0", "UPDATE audit SET actor = 'nobody'", "DELETE FROM audit",
        })
        {
            Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => server.Execute(sql));
        }

        await server.RestartAsync();
    }
}
