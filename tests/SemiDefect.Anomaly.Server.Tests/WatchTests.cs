using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Server.Security;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.Server.Watching;

namespace SemiDefect.Anomaly.Server.Tests;

[Trait("Speed", "Slow")]
public sealed class WatchTests : WatchTest
{
    [Fact]
    public async Task Images_go_to_their_verdicts_folder_with_a_report()
    {
        Write("a/good.png", Parts.Good(30));
        Write("bad.png", Parts.Bad(31));
        Write("broken.png", "no image"u8.ToArray());
        Write("notes.txt", "left alone"u8.ToArray());
        Write("@eaDir/bad.png/thumbnail.jpg", Parts.Bad(31));
        using FolderWatcher watcher = FolderWatcher.Open(Options with { Heatmaps = true });
        Assert.Equal(3, await ScanTwiceAsync(watcher));

        Assert.Equal(Parts.Good(30), await File.ReadAllBytesAsync(Path.Combine(Out, "normal/a/good.png")));
        Assert.Equal(Parts.Bad(31), await File.ReadAllBytesAsync(Path.Combine(Out, "abnormal/bad.png")));
        Assert.True(File.Exists(Path.Combine(Out, "abnormal/bad.png.heatmap.png")));
        JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Out, "abnormal/bad.png.json")))!;
        Assert.Equal(
            ("bad.png", "abnormal", "tiny"),
            ((string)report["path"]!, (string)report["decision"]!, (string)report["model"]!));
        Assert.True((double)report["margin"]! > 0);
        Assert.NotEmpty(report["regions"]!.AsArray());
        Assert.Contains(
            "broken.png",
            (string)JsonNode.Parse(
                await File.ReadAllTextAsync(Path.Combine(Out, "unreadable/broken.png.json")))!["error"]!,
            StringComparison.Ordinal);
        Assert.Equal(
            ["notes.txt", "thumbnail.jpg"],
            Directory.EnumerateFiles(In, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_name_that_comes_again_keeps_the_first_ones_image_report_and_heatmap()
    {
        using FolderWatcher watcher = FolderWatcher.Open(Options with { Heatmaps = true });
        Write("die.png", Parts.Bad(31));
        Assert.Equal(1, await ScanTwiceAsync(watcher));
        byte[] heatmap = await File.ReadAllBytesAsync(Path.Combine(Out, "abnormal/die.png.heatmap.png"));
        Write("die.png", Parts.Bad(32));
        Assert.Equal(1, await ScanTwiceAsync(watcher));

        Assert.Equal(Parts.Bad(31), await File.ReadAllBytesAsync(Path.Combine(Out, "abnormal/die.png")));
        Assert.Equal(Parts.Bad(32), await File.ReadAllBytesAsync(Path.Combine(Out, "abnormal/die-2.png")));
        Assert.Equal(heatmap, await File.ReadAllBytesAsync(Path.Combine(Out, "abnormal/die.png.heatmap.png")));
        Assert.NotEqual(heatmap, await File.ReadAllBytesAsync(Path.Combine(Out, "abnormal/die-2.png.heatmap.png")));
        Assert.True(File.Exists(Path.Combine(Out, "abnormal/die-2.png.json")));
    }

    [Fact]
    public async Task A_replaced_detector_file_is_used_without_a_restart_and_a_broken_one_is_not()
    {
        using FolderWatcher watcher = FolderWatcher.Open(Options);
        Write("before.png", Parts.Bad(31));
        Assert.Equal(1, await ScanTwiceAsync(watcher));
        string other = PathOf("other.sdad");
        AnomalyDetector.ChangeThresholds(
            Options.ModelPath,
            new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = 1000 },
            outputPath: other);
        File.Move(other, Options.ModelPath, overwrite: true);
        Write("after.png", Parts.Bad(32));
        Assert.Equal(1, await ScanTwiceAsync(watcher));
        File.WriteAllText(Options.ModelPath, "broken");
        Write("broken.png", Parts.Bad(33));
        Assert.Equal(1, await ScanTwiceAsync(watcher));

        JsonNode first = ReadReport("abnormal/before.png.json");
        JsonNode second = ReadReport("normal/after.png.json");
        Assert.NotEqual((string)first["model_version"]!, (string)second["model_version"]!);
        Assert.Equal(1000, (double)second["threshold"]!);
        Assert.Equal(
            (string)second["model_version"]!,
            (string)ReadReport("normal/broken.png.json")["model_version"]!);
    }

    [Fact]
    public async Task A_server_decides_with_its_active_version_and_keeps_the_history()
    {
        const string Key = "a-key-of-the-camera-station";
        await using TestServer server = await TestServer.StartAsync(options => options with
        {
            Keys = [new AccessKey("station-1", AccessRole.Operate, Key), new("anna", AccessRole.Engineer, Key + "!")],
        });
        server.Client.DefaultRequestHeaders.Add("X-Api-Key", Key + "!");
        WatchOptions options = Options with
        {
            ModelPath = "tiny",
            Server = server.Client.BaseAddress,
            Station = "S 1",
            ApiKey = Key,
            Heatmaps = true,
        };
        using FolderWatcher watcher = FolderWatcher.Open(options);
        Write("a/good.png", Parts.Good(30));
        Write("bad.png", Parts.Bad(31));
        Write("broken.png", "no image"u8.ToArray());
        Assert.Equal(3, await ScanTwiceAsync(watcher));

        JsonNode report = ReadReport("abnormal/bad.png.json");
        JsonNode inspection = await server.GetAsync((string)report["inspection"]!);
        Assert.Equal("S 1", (string)inspection["station"]!);
        Assert.Equal(
            ("bad.png", "abnormal", (double)report["score"]!),
            ((string)inspection["name"]!, (string)inspection["decision"]!, (double)inspection["score"]!));
        Assert.Equal((string)inspection["model_version"]!, (string)report["model_version"]!);
        Assert.Equal(
            await server.Client.GetByteArrayAsync((string)inspection["links"]!["heatmap"]!),
            await File.ReadAllBytesAsync(Path.Combine(Out, "abnormal/bad.png.heatmap.png")));
        Assert.True(File.Exists(Path.Combine(Out, "normal/a/good.png")));
        Assert.NotNull((string?)ReadReport("unreadable/broken.png.json")["error"]);
        Assert.Equal(2, (await server.GetAsync("/api/v1/inspections"))["inspections"]!.AsArray().Count);

        // A new version of the server decides at once.
        await server.PutAsync("/api/v1/models/tiny/threshold", new { value = 1000, force = true });
        Write("later.png", Parts.Bad(31));
        Assert.Equal(1, await ScanTwiceAsync(watcher));
        Assert.Equal(1000, (double)ReadReport("normal/later.png.json")["threshold"]!);

        // Without the server the images wait.
        await server.BeginStop();
        Write("waits.png", Parts.Bad(32));
        Assert.Contains(
            "cannot be reached",
            (await Assert.ThrowsAsync<SemiDefectException>(() => ScanTwiceAsync(watcher))).Message,
            StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(In, "waits.png")));
    }

    [Fact]
    public async Task A_file_that_still_grows_is_left_until_it_is_complete()
    {
        byte[] image = Parts.Bad(1);
        Write("slow.png", image[..100]);
        using FolderWatcher watcher = FolderWatcher.Open(Options);
        Assert.Equal(0, await watcher.ScanAsync(0, CancellationToken.None));
        Assert.Equal(0, await watcher.ScanAsync(1000, CancellationToken.None));
        Write("slow.png", image);
        Assert.Equal(0, await watcher.ScanAsync(3000, CancellationToken.None));
        Assert.Equal(0, await watcher.ScanAsync(4900, CancellationToken.None));
        Assert.Equal(1, await watcher.ScanAsync(5000, CancellationToken.None));
        Assert.True(File.Exists(Path.Combine(Out, "abnormal/slow.png")));
    }

    [Fact]
    public async Task Each_state_of_a_file_is_inspected_once_even_over_a_restart()
    {
        Write("a.png", Parts.Good(1));
        WatchOptions keep = Options with { Move = false };
        using (FolderWatcher watcher = FolderWatcher.Open(keep))
        {
            Assert.Equal(1, await ScanTwiceAsync(watcher));
            Assert.Equal(0, await ScanTwiceAsync(watcher));
        }

        using FolderWatcher again = FolderWatcher.Open(keep);
        Assert.Equal(0, await ScanTwiceAsync(again));
        Write("a.png", Parts.Bad(22));
        File.SetLastWriteTimeUtc(Path.Combine(In, "a.png"), DateTime.UtcNow.AddMinutes(1));
        Assert.Equal(1, await ScanTwiceAsync(again));
        Assert.True(File.Exists(Path.Combine(In, "a.png")));
        Assert.True(
            File.Exists(Path.Combine(Out, "normal/a.png.json"))
                && File.Exists(Path.Combine(Out, "abnormal/a.png.json")));
    }

    [Fact]
    public async Task A_crash_between_verdict_and_move_is_made_good()
    {
        Write("a.png", Parts.Bad(1));
        using (FolderWatcher watcher = FolderWatcher.Open(Options with { Move = false }))
        {
            await ScanTwiceAsync(watcher);
        }

        // As if it had been killed after the journal was written.
        string journal = $"Data Source={Path.Combine(Out, "watch.db")};Pooling=False";
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection(journal))
        {
            connection.Open();
            using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
            command.CommandText = "UPDATE watched SET placed = 0";
            command.ExecuteNonQuery();
        }

        using FolderWatcher again = FolderWatcher.Open(Options);
        Assert.Equal(0, await ScanTwiceAsync(again));
        Assert.Equal(
            ["a.png", "a.png.json"],
            Directory.EnumerateFiles(Path.Combine(Out, "abnormal"))
                .Select(path => Path.GetFileName(path)!)
                .Order(StringComparer.Ordinal));
        Assert.Empty(Directory.EnumerateFiles(In));
    }

    [Fact]
    public async Task A_name_that_comes_again_replaces_nothing()
    {
        using FolderWatcher watcher = FolderWatcher.Open(Options);
        Write("a.png", Parts.Bad(1));
        await ScanTwiceAsync(watcher);
        Write("a.png", Parts.Bad(2));
        await ScanTwiceAsync(watcher);
        Assert.Equal(Parts.Bad(1), await File.ReadAllBytesAsync(Path.Combine(Out, "abnormal/a.png")));
        Assert.Equal(Parts.Bad(2), await File.ReadAllBytesAsync(Path.Combine(Out, "abnormal/a-2.png")));
        Assert.True(File.Exists(Path.Combine(Out, "abnormal/a-2.png.json")));
    }

    [Fact]
    public async Task The_webhook_gets_every_report_in_order_until_it_takes_it()
    {
        var received = new List<string>();
        bool refuse = true;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using WebApplication receiver = builder.Build();
        receiver.Run(async context =>
        {
            context.Response.StatusCode = refuse ? 503 : 200;
            if (!refuse)
            {
                JsonNode report = (await JsonNode.ParseAsync(context.Request.Body))!;
                Assert.Equal((string)report["id"]!, context.Request.Headers["Idempotency-Key"].ToString());
                received.Add($"{report["path"]} {report["decision"]}");
            }
        });
        await receiver.StartAsync();
        Write("1.png", Parts.Good(31));
        using (FolderWatcher watcher = FolderWatcher.Open(Options with { Webhook = new Uri(receiver.Urls.First()) }))
        {
            await ScanTwiceAsync(watcher);
            Assert.False(await watcher.PostAsync(CancellationToken.None));
        }

        refuse = false;
        Write("2.png", Parts.Bad(32));
        using FolderWatcher again = FolderWatcher.Open(Options with { Webhook = new Uri(receiver.Urls.First()) });
        await ScanTwiceAsync(again);
        Assert.True(await again.PostAsync(CancellationToken.None));
        Assert.True(await again.PostAsync(CancellationToken.None));
        Assert.Equal(["1.png normal", "2.png abnormal"], received);
    }

    [Fact]
    public async Task A_report_of_another_program_is_not_replaced()
    {
        string other = Path.Combine(Out, "abnormal/a.png.json");
        Directory.CreateDirectory(Path.GetDirectoryName(other)!);
        foreach (string text in new[] { "not JSON", "[]", "null", "{\"part\":1}" })
        {
            await File.WriteAllTextAsync(other, text);
            using FolderWatcher watcher = FolderWatcher.Open(Options);
            Write("a.png", Parts.Bad(1));
            await ScanTwiceAsync(watcher);
            Assert.Equal(text, await File.ReadAllTextAsync(other));
        }

        Assert.False(File.Exists(Path.Combine(Out, "abnormal/a.png")));
        Assert.Equal(Parts.Bad(1), await File.ReadAllBytesAsync(Path.Combine(Out, "abnormal/a-5.png")));
    }

    [Fact]
    public async Task Each_decision_and_each_problem_is_one_log_entry()
    {
        Write("bad.png", Parts.Bad(31));
        Write("broken.png", "no image"u8.ToArray());
        using var log = new RecordingLoggerFactory();
        using FolderWatcher watcher = FolderWatcher.Open(Options with { LoggerFactory = log });
        await ScanTwiceAsync(watcher);

        JsonNode report = await ReadReportAsync("abnormal/bad.png.json");
        string error = (string)(await ReadReportAsync("unreadable/broken.png.json"))["error"]!;
        string decision = string.Create(
            CultureInfo.InvariantCulture,
            $"abnormal {(double)report["margin"]!,8:+0.00;-0.00} bad.png");
        string category = typeof(FolderWatcher).FullName!;
        Assert.Equal(
            [(category, LogLevel.Information, decision, null), (category, LogLevel.Warning, error, null)],
            log.Entries);
    }

    [Fact]
    public void Folders_that_cannot_be_watched_are_refused()
    {
        Assert.ThrowsAny<SemiDefectException>(() => FolderWatcher.Open(Options with { Folder = PathOf("none") }));
        Assert.ThrowsAny<SemiDefectException>(() => FolderWatcher.Open(Options with { OutputFolder = In }));
        Assert.ThrowsAny<SemiDefectException>(() => FolderWatcher.Open(Options with { OutputFolder = Folder }));
        Assert.ThrowsAny<SemiDefectException>(
            () => FolderWatcher.Open(Options with { ModelPath = PathOf("none.sdad") }));
        using FolderWatcher first = FolderWatcher.Open(Options);
        Assert.ThrowsAny<SemiDefectException>(() => FolderWatcher.Open(Options));
    }

    [Fact]
    public async Task Its_own_output_below_the_watched_folder_is_not_watched()
    {
        Write("a.png", Parts.Bad(1));
        using FolderWatcher watcher = FolderWatcher.Open(Options with { OutputFolder = Path.Combine(In, "done") });
        Assert.Equal(1, await ScanTwiceAsync(watcher));
        Assert.Equal(0, await ScanTwiceAsync(watcher));
        Assert.True(File.Exists(Path.Combine(In, "done/abnormal/a.png")));
    }
}
