using System.Net;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.Rendering;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class InspectTests
{
    [Fact]
    public async Task An_image_gets_exactly_what_the_library_says_and_its_heatmap()
    {
        await using TestServer server = await TestServer.StartAsync();
        using AnomalyDetector detector = AnomalyDetector.Load(server.ModelPath);
        byte[] bad = Parts.Bad(1);
        Inspection expected = detector.Inspect(new MemoryStream(bad), "bad.png");
        JsonNode actual = await server.InspectAsync(bad, "bad.png");

        Assert.Equal("abnormal", (string)actual["decision"]!);
        Assert.Equal(expected.Score, (double)actual["score"]!);
        Assert.Equal(expected.Threshold, (double)actual["threshold"]!);
        Assert.Equal(expected.Margin, (double)actual["margin"]!);
        Assert.Equal(expected.PValue, (double)actual["p_value"]!);
        Assert.Equal((Parts.Width, Parts.Height), ((int)actual["width"]!, (int)actual["height"]!));
        Assert.Equal(expected.Regions.Count, (int)actual["region_count"]!);
        Assert.Equal(expected.Regions[0].PeakX, (int)actual["regions"]![0]!["peak_x"]!);
        Assert.Equal(expected.HighestPatch.TrainingImage, (string)actual["nearest"]!["training_image"]!);

        Image overlay = HeatmapRenderer.Render(
            ImageFile.Decode(bad, "bad"),
            expected.Map,
            (float)expected.PixelThreshold);
        using var png = new MemoryStream();
        PngWriter.Write(png, overlay.Width, overlay.Height, 3, overlay.Rgb);
        Assert.Equal(png.ToArray(), await server.Client.GetByteArrayAsync((string)actual["links"]!["heatmap"]!));
        Assert.Equal(bad, await server.Client.GetByteArrayAsync((string)actual["links"]!["image"]!));
        JsonNode kept = await server.GetAsync((string)actual["links"]!["self"]!);
        Assert.True(JsonNode.DeepEquals(actual, kept), $"{actual}\n{kept}");
    }

    [Fact]
    public async Task A_DICOM_file_is_kept_without_its_patient_and_shown_as_PNG()
    {
        await using TestServer server = await TestServer.StartAsync();
        byte[] file = await File.ReadAllBytesAsync(
            Path.Combine(Repository.Root, "tests/Golden/Imaging/dicom/nested.dcm"));
        Assert.True(file.AsSpan().IndexOf("Geheim"u8) > 0);
        JsonNode answer = await server.InspectAsync(file, "part.dcm");
        byte[] shown = await server.Client.GetByteArrayAsync((string)answer["links"]!["image"]!);
        Assert.Equal(
            ImageFile.Decode(file, "x").Sha256(), ImageFile.Decode(shown, "x").Sha256());

        using var content = new ByteArrayContent(file);
        using HttpResponseMessage put =
            await server.Client.PutAsync("/api/v1/models/tiny/training/part.dcm", content);
        Assert.Equal(HttpStatusCode.NoContent, put.StatusCode);
        string[] kept = Directory.GetFiles(server.Options.DataFolder, "*", SearchOption.AllDirectories);
        Assert.Contains(kept, path => path.EndsWith("part.dcm", StringComparison.Ordinal));
        foreach (string path in kept.Where(path => Path.GetFileName(path) != "server.lock"))
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            Assert.True(bytes.AsSpan().IndexOf("Geheim"u8) < 0, path);
        }
    }

    [Fact]
    public async Task A_form_of_images_gets_an_inspection_each_and_says_what_cannot_be_read()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(Parts.Good(50)), "a", "good.png" },
            { new ByteArrayContent("no image"u8.ToArray()), "b", "notes.txt" },
            { new ByteArrayContent(Parts.Bad(51)), "c", "bad.png" },
        };
        using HttpResponseMessage response = await server.Client.PostAsync("/api/v1/models/tiny/inspect", form);
        JsonNode answer = await TestServer.ReadAsync(response);

        Assert.Equal(["good.png", "bad.png"], answer["inspections"]!.AsArray().Select(node => (string)node!["name"]!));
        Assert.Equal(
            ["normal", "abnormal"],
            answer["inspections"]!.AsArray().Select(node => (string)node!["decision"]!));
        Assert.Equal("notes.txt", (string)Assert.Single(answer["unreadable"]!.AsArray())!["name"]!);
    }

    [Fact]
    public async Task Concurrent_requests_share_batches_and_get_their_own_answers()
    {
        await using TestServer server =
            await TestServer.StartAsync(options => options with { BatchDelay = TimeSpan.FromSeconds(1) });
        using AnomalyDetector detector = AnomalyDetector.Load(server.ModelPath);
        await server.InspectAsync(Parts.Good(0));
        JsonNode[] answers = await Task.WhenAll(Enumerable.Range(0, 40)
            .Select(i => server.InspectAsync(i % 3 == 0 ? Parts.Bad(i) : Parts.Good(i), $"{i}.png")));

        for (int i = 0; i < answers.Length; i++)
        {
            Assert.Equal($"{i}.png", (string)answers[i]["name"]!);
            Assert.Equal(
                detector.Inspect(new MemoryStream(i % 3 == 0 ? Parts.Bad(i) : Parts.Good(i)), "").Score,
                (double)answers[i]["score"]!);
        }

        MetricsPage metrics = await server.GetMetricsAsync();
        Assert.InRange(metrics.Value("semidefect_batch_images_count")!.Value, 2, 20);
        Assert.Equal(14, metrics.Value("semidefect_inspections_total", ("model", "tiny"), ("decision", "abnormal")));
        await server.WaitForQueueAsync(0);
    }

    [Fact]
    public async Task A_repeated_key_gives_the_same_answer_and_stores_nothing_again()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpResponseMessage first = await server.PostImageAsync(Parts.Bad(1), key: "k1");
        using HttpResponseMessage again = await server.PostImageAsync(Parts.Bad(1), key: "k1");
        using HttpResponseMessage other = await server.PostImageAsync(Parts.Bad(2), key: "k1");

        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.False(first.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotent-Replayed")));
        await TestServer.AssertProblemAsync(422, "key-reused", other);
        Assert.Single((await server.GetAsync("/api/v1/inspections"))["inspections"]!.AsArray());

        await server.RestartAsync();
        using HttpResponseMessage late = await server.PostImageAsync(Parts.Bad(1), key: "k1");
        Assert.Equal("true", Assert.Single(late.Headers.GetValues("Idempotent-Replayed")));
        using HttpResponseMessage bad = await server.PostImageAsync(Parts.Bad(1), key: "two words");
        await TestServer.AssertProblemAsync(422, "invalid", bad);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Beyond_the_queue_a_request_is_told_when_to_come_again_and_nothing_is_lost()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with
        {
            QueueCapacity = 4,
            BatchSize = 4,
            BatchDelay = TimeSpan.FromSeconds(2),
        });
        await server.InspectAsync(Parts.Good(0));
        HttpResponseMessage[] responses =
            await Task.WhenAll(Enumerable.Range(0, 30).Select(i => server.PostImageAsync(Parts.Good(i))));
        HttpResponseMessage[] busy =
            [.. responses.Where(response => response.StatusCode == HttpStatusCode.TooManyRequests)];

        Assert.NotEmpty(busy);
        await TestServer.AssertProblemAsync(429, "busy", busy[0]);
        Assert.InRange(busy[0].Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        int accepted = responses.Count(response => response.StatusCode == HttpStatusCode.OK);
        Assert.Equal(30, accepted + busy.Length);
        Assert.Equal(
            accepted + 1,
            (await server.GetAsync("/api/v1/inspections?limit=100"))["inspections"]!.AsArray().Count);
        foreach (HttpResponseMessage response in responses)
        {
            response.Dispose();
        }
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_client_that_goes_leaves_its_room_and_nothing_in_the_history()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with
        {
            QueueCapacity = 2,
            BatchSize = 2,
            BatchDelay = TimeSpan.FromSeconds(8),
        });
        await server.InspectAsync(Parts.Good(0));
        await server.WaitForQueueAsync(0);
        using var gone = new CancellationTokenSource();
        using var content = new ByteArrayContent(Parts.Good(1));
        Task<HttpResponseMessage> pending = server.Client.PostAsync("/api/v1/models/tiny/inspect", content, gone.Token);
        await server.WaitForQueueAsync(1);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        await server.WaitForQueueAsync(0);

        Assert.Single((await server.GetAsync("/api/v1/inspections"))["inspections"]!.AsArray());
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_stop_finishes_what_was_accepted()
    {
        await using TestServer server =
            await TestServer.StartAsync(options => options with { BatchDelay = TimeSpan.FromSeconds(8) });
        await server.InspectAsync(Parts.Good(0));
        await server.WaitForQueueAsync(0);
        Task<HttpResponseMessage>[] pending =
            [.. Enumerable.Range(1, 5).Select(i => server.PostImageAsync(Parts.Good(i)))];
        await server.WaitForQueueAsync(pending.Length);
        await server.BeginStop();
        foreach (HttpResponseMessage response in await Task.WhenAll(pending))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            response.Dispose();
        }

        await server.RestartAsync();
        Assert.Equal(6, (await server.GetAsync("/api/v1/inspections"))["inspections"]!.AsArray().Count);
    }
}
