using System.Net;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Server.Tests.Support;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class ModelTests
{
    [Fact]
    public async Task A_model_is_listed_described_uploaded_and_deleted()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var content = new ByteArrayContent(Parts.DetectorFile);
        using HttpResponseMessage uploaded = await server.Client.PutAsync(
            "/api/v1/models/" + Uri.EscapeDataString("라인 3"),
            content);
        JsonNode model = await TestServer.ReadAsync(uploaded);
        Assert.Equal("라인 3", (string)model["name"]!);
        Assert.Equal(Parts.GoodCount, (int)model["images"]!);
        Assert.Equal(Parts.GoodCount, model["calibration_scores"]!.AsArray().Count);
        Assert.Equal(
            ["tiny", "라인 3"],
            (await server.GetAsync("/api/v1/models"))["models"]!.AsArray().Select(node => (string)node!["name"]!));
        using HttpResponseMessage used = await server.PostImageAsync(
            Parts.Good(1),
            model: Uri.EscapeDataString("라인 3"));
        Assert.Equal(HttpStatusCode.OK, used.StatusCode);

        using HttpResponseMessage deleted = await server.Client.DeleteAsync(
            "/api/v1/models/" + Uri.EscapeDataString("라인 3"));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using HttpResponseMessage again = await server.PostImageAsync(
            Parts.Good(1),
            model: Uri.EscapeDataString("라인 3"));
        await TestServer.AssertProblemAsync(404, "not-found", again);
        Assert.Single((await server.GetAsync("/api/v1/inspections"))["inspections"]!.AsArray());
    }

    [Fact]
    public async Task An_upload_that_is_no_detector_file_leaves_everything_as_it_was()
    {
        await using TestServer server = await TestServer.StartAsync();
        byte[] damaged = [.. Parts.DetectorFile];
        damaged[^100] ^= 1;
        foreach (byte[] body in new[] { "nonsense"u8.ToArray(), damaged, [] })
        {
            using var content = new ByteArrayContent(body);
            using HttpResponseMessage response = await server.Client.PutAsync("/api/v1/models/tiny", content);
            await TestServer.AssertProblemAsync(422, "invalid", response);
        }

        Assert.Equal("abnormal", (string)(await server.InspectAsync(Parts.Bad(1)))["decision"]!);
        Assert.Single(Directory.EnumerateFileSystemEntries(server.Options.ModelsFolder));
    }

    [Fact]
    public async Task A_new_threshold_holds_for_the_next_image_and_in_the_file()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode before = await server.InspectAsync(Parts.Bad(1));
        double value = (double)before["score"]! + 1;
        JsonNode change = await server.PutAsync("/api/v1/models/tiny/threshold", new { value, force = true });
        JsonNode after = await server.InspectAsync(Parts.Bad(1));

        Assert.Equal((double)before["threshold"]!, (double)change["before"]!["value"]!);
        Assert.Equal(value, (double)change["after"]!["value"]!);
        Assert.Equal("normal", (string)after["decision"]!);
        Assert.Equal(value, AnomalyDetector.ReadDescription(server.ModelPath).Thresholds.Image.Value);
        Assert.NotEqual((string)before["model_version"]!, (string)after["model_version"]!);

        JsonNode restored = await server.PutAsync("/api/v1/models/tiny/threshold", new { false_alarm_rate = 0.01 });
        Assert.Equal((double)before["threshold"]!, (double)restored["after"]!["value"]!);
        using HttpResponseMessage none = await server.Client.PutAsync(
            "/api/v1/models/tiny/threshold",
            System.Net.Http.Json.JsonContent.Create(new { }));
        await TestServer.AssertProblemAsync(422, "invalid", none);
        using HttpResponseMessage unknown = await server.Client.PutAsync(
            "/api/v1/models/tiny/threshold",
            System.Net.Http.Json.JsonContent.Create(new { valeu = 1 }));
        await TestServer.AssertProblemAsync(400, "bad-request", unknown);
    }

    [Fact]
    public async Task A_replaced_file_is_taken_up_and_a_broken_one_leaves_the_old_in_place()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode first = await server.InspectAsync(Parts.Bad(1));
        string other = server.File("other.sdad");
        AnomalyDetector.ChangeThresholds(
            server.ModelPath,
            new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = 1000 },
            outputPath: other);

        // Overwritten in place, as a plain copy does: the loaded model must not be affected.
        await File.WriteAllBytesAsync(server.ModelPath, await File.ReadAllBytesAsync(other));
        Assert.Equal("normal", (string)(await server.InspectAsync(Parts.Bad(1)))["decision"]!);

        await File.WriteAllTextAsync(server.ModelPath, "broken");
        JsonNode last = await server.InspectAsync(Parts.Bad(1));
        Assert.Equal("normal", (string)last["decision"]!);
        Assert.Equal((double)first["score"]!, (double)last["score"]!);
        Assert.NotNull((string?)(await server.GetAsync("/api/v1/models"))["models"]![0]!["error"]);
    }

    [Fact]
    public async Task More_models_than_may_be_loaded_take_turns()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { MaxLoadedModels = 2 });
        string[] names = ["a", "b", "c", "d"];
        foreach (string name in names)
        {
            await File.WriteAllBytesAsync(
                Path.Combine(server.Options.ModelsFolder, $"{name}.sdad"),
                Parts.DetectorFile);
        }

        HttpResponseMessage[] responses = await Task.WhenAll(Enumerable.Range(0, 40)
            .Select(i => server.PostImageAsync(Parts.Good(i), model: names[i % names.Length])));
        Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        JsonArray models = (await server.GetAsync("/api/v1/models"))["models"]!.AsArray();
        Assert.True(models.Count(node => (bool)node!["loaded"]!) <= 2);
        string copies = Path.Combine(server.Options.DataFolder, "loaded");
        await TestServer.WaitUntilAsync(
            () => Task.FromResult(Directory.EnumerateFiles(copies).Count() is 1 or 2),
            "one or two copies of loaded models");
    }

    [Fact]
    public async Task The_OpenAPI_document_names_every_operation()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode document = await server.GetAsync("/api/v1/openapi.json");
        string[] operations =
        [
            .. document["paths"]!.AsObject()
                .SelectMany(path => path.Value!.AsObject())
                .Select(operation => (string)operation.Value!["operationId"]!)
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(
            [
                "activate-version", "cancel-job", "check-training", "clear-verdict", "compare", "compare-versions",
                "delete-model", "delete-training", "delete-training-image", "discard-version", "export-audit-csv",
                "export-audit-json", "export-inspections", "fit", "get-advice", "get-caller", "get-comparison",
                "get-evidence", "get-fit-choices", "get-heatmap", "get-image", "get-inspection", "get-job",
                "get-model", "get-station-decision", "get-statistics", "get-thumbnail", "get-thumbnail-png",
                "get-training-image", "get-training-thumbnail", "get-version", "inspect", "list-audit",
                "list-inspections", "list-jobs", "list-models", "list-training", "list-versions", "live", "metrics",
                "put-training-image", "ready", "restart-job", "restore-model", "restore-training",
                "restore-training-image", "set-threshold", "set-verdict", "summarize-inspections", "update",
                "upload-model", "verify-audit", "watch-inspections", "watch-job",
            ],
            operations);
        JsonNode activate = document["paths"]!["/api/v1/models/{model}/versions/{version}/activate"]!["post"]!;
        JsonNode body = activate["requestBody"]!["content"]!["application/json"]!;
        Assert.Contains("override", $"{body["schema"]}", StringComparison.Ordinal);
    }
}
