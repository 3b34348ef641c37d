using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

[Trait("Speed", "Slow")]
public sealed class TeachCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Results_name_regions_after_teaching_and_are_as_before_without()
    {
        string data = SmallDataset.Write(_folder.File("data"));
        string blot = Path.Combine(data, "test/blot");
        string model = await FitAsync(data);
        byte[] plain = await File.ReadAllBytesAsync(model);
        await ScoreAsync(model, blot, "before.csv");
        string taught = _folder.File("taught.sdad");
        CliRun teach = await CliRun.Of("teach", model, data, "--out", taught);
        Assert.Equal((ExitCode.Done, string.Empty), (teach.ExitCode, teach.Error));
        Assert.Contains("Type        blot: ", teach.Output, StringComparison.Ordinal);
        Assert.Equal(plain, await File.ReadAllBytesAsync(model));
        CliRun info = await CliRun.Of("info", taught);
        Assert.Contains("Names       1 type, 3 labeled defects", info.Output, StringComparison.Ordinal);

        CliRun score = await ScoreAsync(taught, blot, "after.csv", "--report", _folder.File("report.html"));
        string[] before = await File.ReadAllLinesAsync(_folder.File("before.csv"));
        string[] after = await File.ReadAllLinesAsync(_folder.File("after.csv"));
        Assert.Equal($"{before[0]},types", after[0]);
        Assert.All(after[1..], line => Assert.EndsWith(",blot", line, StringComparison.Ordinal));
        Assert.Equal(before[1..], after[1..].Select(line => line[..line.LastIndexOf(',')]));
        Assert.Contains(
            "<dt>called</dt><dd>blot</dd>",
            await File.ReadAllTextAsync(_folder.File("report.html")),
            StringComparison.Ordinal);
        CliRun lines = await CliRun.Of("score", taught, blot);
        Assert.Contains("1 region: blot", lines.Output, StringComparison.Ordinal);
        CliRun evaluate = await CliRun.Of("evaluate", data, "--model", taught, "--resamples", "20");
        Assert.Contains("AP50-95", evaluate.Output, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Done, (await CliRun.Of("teach", taught, "--forget")).ExitCode);
        Assert.Equal(plain, await File.ReadAllBytesAsync(taught));
        Assert.Equal(ExitCode.Done, score.ExitCode);
    }

    [Fact]
    public async Task What_cannot_be_taught_is_refused_in_one_line_and_changes_nothing()
    {
        string data = SmallDataset.Write(_folder.File("data"));
        string model = await FitAsync(data);
        byte[] plain = await File.ReadAllBytesAsync(model);
        foreach ((string[] args, int code, string message) in (IEnumerable<(string[], int, string)>)
            [
                (["teach", model], ExitCode.BadUsage, "Specify either DEFECTS or --forget."),
                (["teach", model, data, "--forget"], ExitCode.BadUsage, "Specify either DEFECTS or --forget."),
                (["teach", model, data, "--unknown-rate", "0.7"], ExitCode.BadUsage, "at most 0.5"),
                (["teach", model, _folder.File("none")], ExitCode.Failed, "does not exist"),
                (["teach", model, Path.Combine(data, "train/good")], ExitCode.Failed, "no labeled defects"),
            ])
        {
            CliRun run = await CliRun.Of(args);
            Assert.Equal(code, run.ExitCode);
            Assert.Contains(message, run.ErrorLine, StringComparison.Ordinal);
        }

        Assert.Equal(plain, await File.ReadAllBytesAsync(model));
    }

    [Fact]
    public async Task Samples_with_boxes_can_be_fitted_and_taught()
    {
        string set = _folder.File("set");
        CliRun sample = await CliRun.Of(
            "sample", "--boxes", "--out", set, "--count", "3", "--train", "2", "--test", "1");
        Assert.Equal((ExitCode.Done, string.Empty), (sample.ExitCode, sample.Error));
        string tiny = TinyNetwork.Write(_folder.File("network"));
        string model = _folder.File("a.sdad");
        Assert.Equal(
            ExitCode.Done,
            (await CliRun.Of("fit", set, "--out", model, "--backbone", tiny, "--resize", "64")).ExitCode);
        CliRun teach = await CliRun.Of("teach", model, set, "--views", "false");
        Assert.Equal((ExitCode.Done, string.Empty), (teach.ExitCode, teach.Error));
        Assert.Contains("0 views", teach.Output, StringComparison.Ordinal);
    }

    private async Task<string> FitAsync(string data)
    {
        string model = _folder.File("a.sdad");
        CliRun fit = await CliRun.Of(
            "fit", Path.Combine(data, "train/good"), "--out", model, "--backbone",
            TinyNetwork.Write(_folder.File("network")), "--resize", "32", "--coreset", "0.05");
        Assert.Equal(ExitCode.Done, fit.ExitCode);
        return model;
    }

    private async Task<CliRun> ScoreAsync(string model, string images, string csv, params string[] more)
    {
        CliRun run = await CliRun.Of(["score", model, images, "--out", _folder.File(csv), .. more]);
        Assert.Equal(ExitCode.Done, run.ExitCode);
        return run;
    }
}
