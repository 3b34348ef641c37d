using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests;

/// <summary>
/// A models folder and a data folder that the server wrote before it knew versions: eight inspections, a false alarm,
/// two confirmed defects, training images, and a job that was under way when the server was killed.
/// </summary>
public sealed class MigrationTests
{
    private static readonly string Archive = Path.Combine(
        Repository.Root,
        "tests",
        "SemiDefect.Anomaly.Server.Tests",
        "Fixtures",
        "data-folder-0.1.zip");

    [Fact]
    public async Task A_data_folder_of_an_older_version_is_carried_over()
    {
        await using TestServer server = await TestServer.StartAsync(archive: Archive);
        JsonArray inspections = (await server.GetAsync("/api/v1/inspections"))["inspections"]!.AsArray();
        Assert.Equal(
            [
                "keyed.png -", "after.png -", "bad-2.png confirmed note 2", "bad-1.png confirmed note 1",
                "bad-0.png false_alarm note 0", "good-2.png -", "good-1.png -", "good-0.png -",
            ],
            inspections.Select(inspection => $"{inspection!["name"]} "
                + (inspection["verdict"] is { } verdict ? $"{verdict["value"]} {verdict["note"]}" : "-")));
        Assert.All(
            inspections,
            inspection => Assert.Equal(
                (string)inspection!["name"]! is "keyed.png" || ((string)inspection["name"]!).StartsWith(
                    "bad",
                    StringComparison.Ordinal),
                (string)inspection["decision"]! == "abnormal"));
        using HttpResponseMessage heatmap = await server.Client.GetAsync(
            (string)inspections[^1]!["links"]!["heatmap"]!);
        Assert.Equal(HttpStatusCode.OK, heatmap.StatusCode);

        // The present file is the first version, and gives the same scores.
        JsonNode versions = await server.GetAsync("/api/v1/models/tiny/versions");
        JsonNode version = Assert.Single(versions["versions"]!.AsArray())!;
        Assert.Equal((1, "file"), ((int)versions["active"]!, (string)version["origin"]!));
        JsonNode again = await server.InspectAsync(Parts.Good(70), "after.png");
        Assert.Equal((double)inspections[1]!["score"]!, (double)again["score"]!);
        Assert.Equal((double)inspections[1]!["threshold"]!, (double)again["threshold"]!);
        Assert.Equal(
            (string)inspections[1]!["model_version"]!,
            (string)version["id"]!);
        Assert.True((bool)(await server.GetAsync("/api/v1/audit/verify"))["intact"]!);

        // Training images, false alarms and jobs.
        Assert.Equal(8, (await server.GetAsync("/api/v1/models/old/training"))["images"]!.AsArray().Count);
        Assert.Equal(1, (int)(await server.GetAsync("/api/v1/models/tiny/advice"))["false_alarms"]!);
        JsonNode job = Assert.Single((await server.GetAsync("/api/v1/jobs"))["jobs"]!.AsArray())!;
        Assert.Equal(
            ("interrupted", false, "tiny"),
            ((string)job["state"]!, (bool)job["can_restart"]!, (string)job["model"]!));
        using HttpResponseMessage restart = await server.Client.PostAsync($"/api/v1/jobs/{job["id"]}/restart", null);
        await TestServer.AssertProblemAsync(422, "invalid", restart);
    }

    [Fact]
    public async Task The_defects_confirmed_in_an_older_version_are_not_lost()
    {
        await using TestServer server = await TestServer.StartAsync(archive: Archive);
        string kept = Path.Combine(server.Options.DataFolder, "feedback", "tiny", "defect");
        await TestServer.WaitUntilAsync(
            () => Task.FromResult(Directory.Exists(kept) && Directory.GetFiles(kept, "*.png").Length == 2),
            "the images of two known defects");

        // They were inspected by an earlier state of the file, so they are scored again.
        JsonNode job = await server.RunJobAsync("/api/v1/models/tiny/update", new { });
        Assert.True("done" == (string)job["state"]!, $"{job}");
        JsonNode detail = await server.GetAsync($"/api/v1/models/tiny/versions/{job["version"]}");
        Assert.Equal((2, 0), ((int)detail["known_defects"]!, (int)detail["unscored"]!));
        Assert.Equal(2, detail["lost"]!.AsArray().Count);
        using HttpResponseMessage refused = await server.Client.PostAsJsonAsync(
            $"/api/v1/models/tiny/versions/{job["version"]}/activate",
            new { });
        await TestServer.AssertProblemAsync(409, "defects-lost", refused);
    }
}
