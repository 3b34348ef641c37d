using System.Diagnostics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests.Faults;

/// <summary>The commands of a fleet as processes of their own.</summary>
public sealed class FleetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _workers = [];

    public void Dispose()
    {
        foreach (Process worker in _workers)
        {
            worker.Kill();
            worker.WaitForExit();
            worker.Dispose();
        }

        _folder.Dispose();
    }

    [NatsFact]
    [Trait("Speed", "Slow")]
    public void Scores_and_detectors_are_the_same_bytes_while_workers_are_killed()
    {
        using var server = new NatsServer();
        string[] nats = ["--nats", server.Address];
        string data = SmallDataset.Write(_folder.File("data"));
        string[] fit = [Path.Combine(data, "train/good"), "--resize", "64", "--preset", "fast"];
        string many = _folder.File("many");
        Directory.CreateDirectory(many);
        string[] images = Directory.GetFiles(Path.Combine(data, "test"), "*.png", SearchOption.AllDirectories);
        for (int i = 0; i < 600; i++)
        {
            File.Copy(images[i % images.Length], Path.Combine(many, $"{i:D4}.png"));
        }

        File.WriteAllText(Path.Combine(many, "0300.png"), "no image");
        CliProcess.Do(_folder.Path, ["fit", .. fit, "--out", "here.sdad"]);
        CliProcess.Do(_folder.Path, ["fleet", "publish", "here.sdad", "--name", "part", .. nats]);
        CliRun alone = CliProcess.Run(_folder.Path, "score", "here.sdad", many, "--out", "here.csv");
        for (int i = 0; i < 2; i++)
        {
            StartWorker(i, nats);
        }

        using Process scoring = CliProcess.Start(
            _folder.Path, ["fleet", "score", many, "--model", "part", "--out", "there.csv", .. nats]);
        for (int kill = 0; kill < 3 && !scoring.WaitForExit(TimeSpan.FromSeconds(3)); kill++)
        {
            _workers[0].Kill();
            _workers[0].WaitForExit();
            _workers[0].Dispose();
            _workers.RemoveAt(0);
            StartWorker(2 + kill, nats);
        }

        CliRun fleet = CliProcess.Finish(scoring);
        Assert.Equal((3, alone.ExitCode), (fleet.ExitCode, alone.ExitCode));
        Assert.Equal(alone.Error, fleet.Error);
        Assert.Equal(File.ReadAllText(_folder.File("here.csv")), File.ReadAllText(_folder.File("there.csv")));

        CliProcess.Do(_folder.Path, ["fleet", "fit", .. fit, "--out", "there.sdad", .. nats]);
        Assert.Equal(File.ReadAllBytes(_folder.File("here.sdad")), File.ReadAllBytes(_folder.File("there.sdad")));
        CliRun status = CliProcess.Run(_folder.Path, ["fleet", "status", .. nats]);
        Assert.Contains("Images      0 waiting, 0 taken", status.Output, StringComparison.Ordinal);
        Assert.Contains("Given up    1\n", status.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nats://10.1.2.3:4222", "need TLS")]
    [InlineData("http://127.0.0.1", "is not an address of NATS")]
    public void An_unsafe_or_wrong_address_is_a_usage_error(string address, string expected)
    {
        CliRun run = CliProcess.Run(_folder.Path, "fleet", "status", "--nats", address);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    private void StartWorker(int number, string[] nats)
    {
        Process worker = CliProcess.Start(
            _folder.Path,
            ["fleet", "worker", "--name", $"w{number}", "--threads", "1", "--cache", "cache", .. nats]);
        worker.OutputDataReceived += (_, _) => { };
        worker.ErrorDataReceived += (_, _) => { };
        worker.BeginOutputReadLine();
        worker.BeginErrorReadLine();
        _workers.Add(worker);
    }
}
