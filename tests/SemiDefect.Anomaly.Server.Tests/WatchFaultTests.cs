using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Server.Security;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.Server.Watching;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests;

/// <summary>What disturbs a watched folder.</summary>
[Trait("Speed", "Slow")]
public sealed class WatchFaultTests : WatchTest
{
    [Fact]
    public async Task A_file_that_was_settled_too_early_is_taken_up_again()
    {
        byte[] whole = Parts.Good(30);
        Write("slow.png", whole[..(whole.Length / 2)]);
        using FolderWatcher watcher = FolderWatcher.Open(Options);
        Assert.Equal(1, await ScanTwiceAsync(watcher));
        string moved = Path.Combine(Out, "unreadable/slow.png");
        Assert.True(File.Exists(moved));

        // A writer that paused goes on where the file is now.
        await using (FileStream stream = new(moved, FileMode.Append))
        {
            await stream.WriteAsync(whole.AsMemory(whole.Length / 2));
        }

        Assert.Equal(1, await ScanTwiceAsync(watcher));
        Assert.Equal(whole, await File.ReadAllBytesAsync(Path.Combine(Out, "normal/slow.png")));
        Assert.False(File.Exists(moved));
        Assert.False(File.Exists(moved + ".json"));
        Assert.Equal("normal", (string)(await ReadReportAsync("normal/slow.png.json"))["decision"]!);
        Assert.Equal(0, await ScanTwiceAsync(watcher));
    }

    [Fact]
    public async Task A_name_as_long_as_file_systems_take_does_not_hold_up_the_others()
    {
        string letters = new('b', 251);
        string syllables = new string('가', 83) + "zz";
        Write($"{letters}.png", Parts.Bad(31));
        Write($"{syllables}.png", Parts.Good(30));
        Write("z.png", Parts.Good(32));
        using FolderWatcher watcher = FolderWatcher.Open(Options with { Heatmaps = true });
        Assert.Equal(3, await ScanTwiceAsync(watcher));
        Assert.Empty(Directory.GetFiles(In));
        Assert.True(File.Exists(Path.Combine(Out, "normal/z.png")));
        foreach ((string folder, string name) in new[] { ("abnormal", letters), ("normal", syllables) })
        {
            string report = Assert.Single(
                Directory.GetFiles(Path.Combine(Out, folder), "*.json"),
                path => !path.EndsWith("z.png.json", StringComparison.Ordinal));
            Assert.True(File.Exists(report[..^".json".Length]));
            Assert.Equal(folder == "abnormal", File.Exists($"{report[..^".json".Length]}.heatmap.png"));
            Assert.Equal($"{name}.png", (string)JsonNode.Parse(await File.ReadAllTextAsync(report))!["path"]!);
        }
    }

    [Fact]
    public async Task Pages_that_are_left_out_are_said()
    {
        Write("stack.tif", await File.ReadAllBytesAsync(
            Path.Combine(Repository.Root, "tests/Golden/Imaging/pages.tif")));
        using var log = new RecordingLoggerFactory();
        using FolderWatcher watcher = FolderWatcher.Open(Options with { LoggerFactory = log });
        Assert.Equal(1, await ScanTwiceAsync(watcher));
        Assert.Contains(
            (
                typeof(FolderWatcher).FullName!,
                LogLevel.Warning,
                "'stack.tif' has 2 pages; only page 1 was inspected",
                null),
            log.Entries);
    }

    [Fact]
    public async Task A_pipe_is_never_opened()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (string name in new[] { "in/x.png", "pipe.sdad", "keys" })
        {
            using Process maker = Process.Start("mkfifo", PathOf(name));
            await maker.WaitForExitAsync();
        }

        Write("a.png", Parts.Good(30));
        using FolderWatcher watcher = FolderWatcher.Open(Options);
        Assert.Equal(1, await ScanTwiceAsync(watcher));
        Assert.Contains(
            "no regular file",
            Assert.Throws<SemiDefectException>(() => FolderWatcher.Open(
                Options with { ModelPath = PathOf("pipe.sdad"), OutputFolder = PathOf("out2") })).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "no regular file",
            Assert.Throws<SemiDefectException>(() => AccessKey.ReadFile(PathOf("keys"))).Message,
            StringComparison.Ordinal);

        // As one of several models: the others can be used.
        await using TestServer server = await TestServer.StartAsync();
        using (Process maker = Process.Start("mkfifo", Path.Combine(server.Options.ModelsFolder, "pipe.sdad")))
        {
            await maker.WaitForExitAsync();
        }

        await server.RestartAsync().WaitAsync(TimeSpan.FromMinutes(1));
        await server.InspectAsync(Parts.Good(30));
    }
}
