using System.Diagnostics;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

/// <summary>How the commands read data sets.</summary>
[Trait("Speed", "Slow")]
public sealed class DatasetCommandTests : IDisposable
{
    private const string Understood =
        "MVTec AD layout: 12 good images to train on, 6 good and 3 abnormal to evaluate, 3 masks\n";

    private readonly TemporaryFolder _folder = new();
    private readonly string[] _small;

    public DatasetCommandTests() =>
        _small = ["--backbone", TinyNetwork.Write(_folder.File("network")), "--resize", "32", "--coreset", "0.05"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_root_of_a_data_set_gives_the_same_detector_as_its_good_training_images()
    {
        string data = SmallDataset.Write(_folder.File("data"));
        CliRun root = await CliRun.Of(["fit", data, "--out", _folder.File("root.sdad"), .. _small]);
        Assert.Equal((ExitCode.Done, ""), (root.ExitCode, root.Error));
        Assert.StartsWith(Understood, root.Output, StringComparison.Ordinal);
        CliRun good = await CliRun.Of(
            ["fit", Path.Combine(data, "train", "good"), "--out", _folder.File("good.sdad"), .. _small]);
        Assert.StartsWith("Detector ", good.Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(_folder.File("good.sdad")), File.ReadAllBytes(_folder.File("root.sdad")));

        CliRun json = await CliRun.Of(["fit", data, "--out", _folder.File("root.sdad"), "--json", .. _small]);
        Assert.Equal($"semidefect: {Understood}", json.Error);
        Assert.StartsWith("{", json.Output, StringComparison.Ordinal);
        CliRun check = await CliRun.Of("check", data, "--quick");
        Assert.StartsWith(Understood, check.Output, StringComparison.Ordinal);
        CliRun evaluation = await CliRun.Of(["evaluate", data, "--resamples", "10", .. _small]);
        Assert.StartsWith(Understood, evaluation.Output, StringComparison.Ordinal);
        CliRun score = await CliRun.Of("score", _folder.File("root.sdad"), data);
        Assert.Contains("21 images, without 3 masks\n", score.Error, StringComparison.Ordinal);
        Assert.Contains("21 images: ", score.Output, StringComparison.Ordinal);
        CliRun outer = await CliRun.Of(["fit", _folder.Path, "--out", _folder.File("x.sdad"), .. _small]);
        Assert.Contains("holds 1 data set (data): give one of them", outer.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_csv_file_is_trained_on_evaluated_and_scored()
    {
        SyntheticParts.WriteGood(_folder.File("img"), 8);
        SyntheticParts.WriteBad(_folder.File("img/bad.png"));
        await File.WriteAllTextAsync(
            _folder.File("list.csv"),
            "path;label;split\r" + string.Concat(Enumerable.Range(0, 8).Select(i =>
                $"./img/{i:D3}.png;양품;{(i < 6 ? "train" : "test")}\r")) + "img/bad.png;불량;test\r");
        string model = _folder.File("m.sdad");
        CliRun fit = await CliRun.Of(["fit", _folder.File("list.csv"), "--out", model, .. _small]);
        Assert.StartsWith(
            "csv list layout: 6 good images to train on, 2 good and 1 abnormal to evaluate, 0 masks; separated by "
                + "semicolons, lines end with CR\n",
            fit.Output,
            StringComparison.Ordinal);
        Assert.Contains("Learned     6 good images", fit.Output, StringComparison.Ordinal);
        CliRun evaluation = await CliRun.Of(
            "evaluate", _folder.File("list.csv"), "--model", model, "--resamples", "10");
        Assert.Contains("2 good and 1 abnormal images", evaluation.Output, StringComparison.Ordinal);
        CliRun score = await CliRun.Of(
            "score", model, _folder.File("list.csv"), "--heatmaps", _folder.File("h"), "--out", _folder.File("r.csv"));
        Assert.Equal(ExitCode.Done, score.ExitCode);
        Assert.EndsWith("list.csv: 9 images, separated by semicolons, lines end with CR", score.ErrorLine);
        Assert.StartsWith("img/000.png,", (await File.ReadAllLinesAsync(_folder.File("r.csv")))[1]);
        Assert.True(File.Exists(_folder.File("h/img/bad.png")));
    }

    [Fact]
    public async Task A_name_as_long_as_file_systems_take_is_scored_with_all_files()
    {
        string model = _folder.File("m.sdad");
        await CliRun.Of(["fit", SyntheticParts.WriteGood(_folder.File("good"), 4), "--out", model, .. _small]);
        string name = new('가', 83);
        SyntheticParts.WriteGood(_folder.File("new"), 2);
        File.Move(_folder.File("new/000.png"), _folder.File($"new/{name}.png"));
        CliRun run = await CliRun.Of(
            "score", model, _folder.File("new"), "--heatmaps", _folder.File("h"), "--masks", _folder.File("m"),
            "--raw", _folder.File("raw"));
        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
        Assert.Equal(2, Directory.GetFiles(_folder.File("h"), "*.png").Length);
        Assert.Equal(2, Directory.GetFiles(_folder.File("m")).Length);
        Assert.Equal(2, Directory.GetFiles(_folder.File("raw")).Length);
    }

    [Fact]
    public async Task A_pipe_is_never_opened()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        SyntheticParts.WriteGood(_folder.File("good"), 4);
        foreach (string name in new[] { "good/x.png", "list.csv", "list.json", "m.sdad", "net.onnx" })
        {
            using Process? maker = Process.Start("mkfifo", _folder.File(name));
            await maker!.WaitForExitAsync();
        }

        foreach (string path in new[] { "good", "list.csv", "list.json" })
        {
            CliRun run = await CliRun.Of(["fit", _folder.File(path), "--out", _folder.File("m.sdad"), .. _small])
                .WaitAsync(TimeSpan.FromMinutes(2));
            Assert.Equal(ExitCode.Failed, run.ExitCode);
            Assert.Contains("no regular file", run.ErrorLine, StringComparison.Ordinal);
        }

        foreach (string[] command in new[]
        {
            ["info", _folder.File("m.sdad")],
            ["score", _folder.File("m.sdad"), _folder.File("good/000.png")],
            ["fit", _folder.File("good"), "--out", _folder.File("n.sdad"), "--backbone", _folder.File("net.onnx")],
            new[] { "fingerprint", _folder.File("good") },
        })
        {
            CliRun run = await CliRun.Of(command).WaitAsync(TimeSpan.FromMinutes(2));
            Assert.Equal(ExitCode.Failed, run.ExitCode);
            Assert.Contains("no regular file", run.ErrorLine, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Inverted_masks_are_questioned_by_an_evaluation()
    {
        string data = SmallDataset.Write(_folder.File("data"));
        byte[] all = new byte[96 * 64];
        Array.Fill(all, (byte)255);
        AtomicFile.Write(
            Path.Combine(data, "ground_truth/blot/000_mask.png"), stream => PngWriter.Write(stream, 96, 64, 1, all));
        CliRun run = await CliRun.Of(["evaluate", data, "--resamples", "10", .. _small]);
        Assert.Contains("1 mask marks most of the image and its frame ('test/blot/000.png' first)", run.Output);
    }
}
