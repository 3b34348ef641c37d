using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests.Faults;

/// <summary>SIGTERM ends every command that takes a while, and ONNX Runtime stays silent.</summary>
[Trait("Speed", "Slow")]
public sealed class TerminationTests : IClassFixture<TerminationTests.Images>, IDisposable
{
    private const int ByRuntime = 143;

    private static readonly TimeSpan Head = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _folder = new();
    private readonly Images _images;

    public TerminationTests(Images images) => _images = images;

    public static TheoryData<string[]> Commands { get; } =
    [
        ["fit", "set/train/good", "--out", "new.sdad", "--threads", "1"],
        ["check", "set", "--threads", "1"],
        ["evaluate", "set", "--threads", "1"],
        ["score", "m.sdad", "many", "--threads", "1"],
        ["rehearse", "m.sdad", "set", "--threads", "1", "--images", "200"],
        ["update", "m.sdad", "many", "--out", "new.sdad", "--threads", "1"],
        ["features", "many", "--out", "f.npy", "--resize", "512"],
        ["bench", "m.sdad", "--images", "many"],
        ["demo", "--out", "demo"],
        ["watch", "m.sdad", "many", "--out", "watched"],
        ["serve", "--models", "models", "--urls", "http://127.0.0.1:0"],
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task SIGTERM_ends_it(string[] command)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using Process process = CliProcess.Start(_images.Folder, command);
        await TerminateAsync(process);
        int[] expected = command[0] is "serve" or "watch"
            ? [ExitCode.Done, ExitCode.Canceled, ByRuntime]
            : [ExitCode.Canceled, ByRuntime];
        Assert.Contains(process.ExitCode, expected);
        Assert.False(File.Exists(Path.Combine(_images.Folder, "new.sdad")));
    }

    [Fact]
    public async Task SIGTERM_ends_a_download_whose_server_does_not_answer()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        string address = $"https://{silent.LocalEndpoint}/weights.pth";
        using Process process = CliProcess.Start(_folder.Path, ["backbone", "pull", "resnet18", "--from", address]);
        await TerminateAsync(process);
        Assert.Contains(process.ExitCode, new[] { ExitCode.Canceled, ByRuntime });
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void What_reaches_the_terminal_is_written_by_us()
    {
        SyntheticParts.WriteGood(_folder.File("good"), 4);
        CliRun run = CliProcess.Run(
            _folder.Path, "fit", "good", "--out", "m.sdad", "--resize", "64", "--crop", "none", "--preset", "seed");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.All(
            run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.StartsWith("semidefect: ", line, StringComparison.Ordinal));
        run = CliProcess.Run(_folder.Path, "doctor");
        Assert.Equal("", run.Error);
    }

    private static async Task TerminateAsync(Process process)
    {
        await Task.Delay(Head);
        if (process.HasExited)
        {
            Assert.Fail($"It ended too early: {await ErrorOf(process)}");
        }

        using Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail("SIGTERM did not end it.");
        }
    }

    private static async Task<string> ErrorOf(Process process) => await process.StandardError.ReadToEndAsync();

    /// <summary>More images than any command gets done with in time, and a detector.</summary>
    public sealed class Images : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Images()
        {
            SmallDataset.Write(_folder.File("set"));
            SyntheticParts.WriteGood(_folder.File("set/train/good"), 120, 480, 320, first: 100);
            SyntheticParts.WriteGood(_folder.File("many"), 300, 480, 320, first: 500);
            Directory.CreateDirectory(_folder.File("models"));
            CliProcess.Do(
                _folder.Path, "fit", "set/test/good", "--out", "m.sdad", "--resize", "256", "--coreset", "0.05");
        }

        public string Folder => _folder.Path;

        public void Dispose() => _folder.Dispose();
    }
}
