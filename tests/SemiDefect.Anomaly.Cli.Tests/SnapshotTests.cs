using System.CommandLine;
using System.Text;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

public sealed class SnapshotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Help_matches_the_baseline()
    {
        var text = new StringBuilder();
        foreach (string[] path in Paths(CommandLine.CreateRoot(), []))
        {
            CliRun run = await CliRun.Of([.. path, "--help"]);
            Assert.Equal((ExitCode.Done, string.Empty), (run.ExitCode, run.Error));
            text.Append(string.Join(' ', ["$ semidefect", .. path, "--help"]))
                .Append('\n')
                .Append(Scrubbed(run.Output))
                .Append('\n');
        }

        Baseline.Check("tests/SemiDefect.Anomaly.Cli.Tests/Baselines/Help.txt", text.ToString());
    }

    // The network's features are the colors, so the figures are exact and independent of the default network.
    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Typical_runs_match_the_baseline()
    {
        string tiny = TinyNetwork.Write(_folder.File("network"));
        string data = SmallDataset.Write(_folder.File("data"));
        SyntheticParts.WriteGood(_folder.File("more"), 3, first: 200, across: true);
        string[] fit = ["--backbone", tiny, "--resize", "32", "--coreset", "0.05"];
        var text = new StringBuilder();
        async Task RunAsync(params string[] args)
        {
            CliRun run = await CliRun.Of(args);
            text.Append("$ semidefect ")
                .Append(Scrubbed(string.Join(' ', args)))
                .Append('\n')
                .Append(Scrubbed(run.Output))
                .Append(Scrubbed(run.Error))
                .Append("=> ")
                .Append(run.ExitCode)
                .Append("\n\n");
        }

        string model = _folder.File("a.sdad");
        string grown = _folder.File("b.sdad");
        string good = _folder.File("data/train/good");
        await RunAsync(["fit", good, "--out", model, .. fit]);
        await RunAsync("info", model);
        await RunAsync("score", model, _folder.File("data/test"));
        await RunAsync(
            "score", model, _folder.File("data/test"), "--out", _folder.File("results.csv"), "--fail-on-abnormal");
        text.Append(Scrubbed(await File.ReadAllTextAsync(_folder.File("results.csv")))).Append('\n');
        await RunAsync("score", model, _folder.File("none.png"));
        string lanes = _folder.File("lanes.sdad");
        string[] views = ["--scales", "16,24", "--flips", "--roi", "4,0,88,60", "--fusion", "maximum"];
        await RunAsync(["fit", good, "--out", lanes, .. fit, .. views]);
        await RunAsync("score", lanes, _folder.File("data/test/blot"));
        await RunAsync(["evaluate", data, "--resamples", "100", .. fit]);
        await RunAsync("threshold", model, "--false-alarm-rate", "0.1", "--out", grown);
        await RunAsync("check", data, "--quick");
        await RunAsync("update", model, _folder.File("more"), "--out", grown);
        await RunAsync("update", grown, _folder.File("more"));
        await RunAsync("merge", model, grown, "--out", _folder.File("c.sdad"), "--coreset", "700");
        await RunAsync("fingerprint", model);
        await RunAsync("fingerprint", good);
        await RunAsync("verify", model);
        await RunAsync(
            "rehearse",
            model,
            _folder.File("data/test/good"),
            "--sizes",
            "6,12",
            "--contrasts",
            "0.3,0.6",
            "--images",
            "2");
        await RunAsync("score", _folder.File("none.sdad"), good);
        await RunAsync("score");
        Baseline.Check("tests/SemiDefect.Anomaly.Cli.Tests/Baselines/Runs.txt", text.ToString());
    }

    private static IEnumerable<string[]> Paths(Command command, string[] path) =>
        [path, .. command.Subcommands.SelectMany(sub => Paths(sub, [.. path, sub.Name]))];

    // Removes the test's folder and executable name.
    private string Scrubbed(string text) => text
        .Replace(_folder.Path.Replace('\\', '/'), "FOLDER", StringComparison.Ordinal)
        .Replace(_folder.Path, "FOLDER", StringComparison.Ordinal)
        .Replace($"Usage:\n  {RootCommand.ExecutableName}", "Usage:\n  semidefect", StringComparison.Ordinal)
        .Replace("\r\n", "\n", StringComparison.Ordinal);
}
