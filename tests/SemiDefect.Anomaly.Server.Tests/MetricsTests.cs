using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed partial class MetricsTests
{
    [Fact]
    public async Task The_metrics_are_those_of_the_documentation()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode bad = await server.InspectAsync(Parts.Bad(1));
        await server.PutAsync($"/api/v1/inspections/{bad["id"]}/verdict", new { value = "confirmed" });
        await server.RunJobAsync("/api/v1/models/tiny/versions/1/comparison", new { });
        using HttpResponseMessage none = await server.Client.GetAsync("/api/v1/inspections/99");
        using HttpResponseMessage response = await server.Client.GetAsync("/metrics");
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        var page = new MetricsPage(await response.Content.ReadAsStringAsync());

        string documentation = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "server.md"));
        (string, string, string)[] documented =
        [
            .. Row().Matches(documentation)
                .Select(row => (
                    row.Groups["name"].Value,
                    row.Groups["type"].Value,
                    row.Groups["labels"].Value.Replace("`", "").Replace(" ", "")))

                // It has no measurement before 200 parts; StatisticsTests reads it.
                .Where(metric => metric.Item1 != "semidefect_drift")
                .Order(),
        ];
        (string, string, string)[] actual =
        [
            .. page.Types.Select(metric => (metric.Key, metric.Value, Labels(page, metric.Key, metric.Value))).Order(),
        ];
        Assert.Equal(documented, actual);
    }

    [Fact]
    public async Task Counters_histograms_and_gauges_tell_what_happened()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { QueueCapacity = 20 });
        Assert.Equal(0, (await server.GetMetricsAsync()).Value("semidefect_models_loaded"));
        JsonNode bad = await server.InspectAsync(Parts.Bad(1));
        await server.InspectAsync(Parts.Good(40));
        await server.InspectAsync(Parts.Good(41));
        await server.PutAsync($"/api/v1/inspections/{bad["id"]}/verdict", new { value = "confirmed" });
        await server.RunJobAsync("/api/v1/models/tiny/versions/1/comparison", new { });
        using HttpResponseMessage none = await server.Client.GetAsync("/api/v1/inspections/99");
        await server.WaitForQueueAsync(0);

        MetricsPage page = await server.GetMetricsAsync();
        Assert.Equal(1, page.Value("semidefect_inspections_total", ("model", "tiny"), ("decision", "abnormal")));
        Assert.Equal(2, page.Value("semidefect_inspections_total", ("model", "tiny"), ("decision", "normal")));
        Assert.Equal(1, page.Value("semidefect_refused_total", ("kind", "not-found")));
        Assert.Equal(3, page.Value("semidefect_inspect_seconds_count"));
        Assert.InRange(page.Value("semidefect_inspect_seconds_sum")!.Value, 1e-6, 60);
        Assert.Equal(3, page.Value("semidefect_batch_images_sum"));
        Assert.Equal(20, page.Value("semidefect_queue_capacity"));
        Assert.Equal(1, page.Value("semidefect_models_loaded"));
        Assert.Equal(3, page.Value("semidefect_score_thresholds_count", ("model", "tiny")));
        Assert.Equal(2, page.Value("semidefect_score_thresholds_bucket", ("model", "tiny"), ("le", "1")));
        Assert.Equal(1, page.Value("semidefect_verdicts_total", ("model", "tiny"), ("verdict", "confirmed")));
        Assert.Equal(1, page.Value("semidefect_jobs_ended_total", ("kind", "compare"), ("state", "done")));
        Assert.Equal(0, page.Value("semidefect_jobs", ("state", "running")));
        Assert.Equal(0, page.Value("semidefect_jobs", ("state", "waiting")));
        Assert.InRange(page.Value("process_resident_memory_bytes")!.Value, 1 << 20, 1L << 40);
        Assert.Equal(
            ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "+Inf"],
            Bounds(page, "semidefect_inspect_seconds"));
        Assert.Equal(["1", "2", "4", "8", "16", "32", "64", "+Inf"], Bounds(page, "semidefect_batch_images"));
    }

    [Fact]
    public async Task Two_servers_of_one_process_count_apart()
    {
        await using TestServer busy = await TestServer.StartAsync();
        await using TestServer idle = await TestServer.StartAsync(options => options with { QueueCapacity = 9 });
        await busy.InspectAsync(Parts.Bad(1));

        MetricsPage page = await idle.GetMetricsAsync();
        Assert.Equal(9, page.Value("semidefect_queue_capacity"));
        Assert.DoesNotContain("semidefect_inspections_total", page.Types.Keys);
        Assert.Equal(1, (await busy.GetMetricsAsync()).Value("semidefect_inspect_seconds_count"));
    }

    [Fact]
    public async Task Anyone_can_listen_to_the_meter()
    {
        const string Model = "listened";
        var decisions = new ConcurrentQueue<object?>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == InspectionServer.MeterName && instrument.Name == "semidefect.inspections")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            // Other tests run servers in this process as well.
            Dictionary<string, object?> labels = new(tags.ToArray());
            if (Equals(labels["model"], Model) && count == 1)
            {
                decisions.Enqueue(labels["decision"]);
            }
        });
        listener.Start();
        await using TestServer server = await TestServer.StartAsync();
        File.Copy(server.ModelPath, Path.Combine(server.Options.ModelsFolder, Model + ".sdad"));
        using HttpResponseMessage response = await server.PostImageAsync(Parts.Bad(1), model: Model);
        response.EnsureSuccessStatusCode();

        Assert.Equal(["abnormal"], decisions);
    }

    private static string Labels(MetricsPage page, string name, string type)
    {
        string sample = type == "histogram" ? name + "_count" : name;
        string labels = page.Samples.First(candidate => candidate.Name == sample).Labels;
        return string.Join(',', labels.Split(',').Select(label => label.Split('=')[0]));
    }

    private static IEnumerable<string> Bounds(MetricsPage page, string name) => page.Samples
        .Where(sample => sample.Name == name + "_bucket")
        .Select(sample => sample.Labels["le=".Length..]);

    [GeneratedRegex(
        @"^\| `(?<name>\w+)` \| (?<type>counter|gauge|histogram) \| (?<labels>[^|]*) \|",
        RegexOptions.Multiline)]
    private static partial Regex Row();
}
