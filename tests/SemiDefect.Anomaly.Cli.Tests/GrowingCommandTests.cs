using System.Text.Json;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

[Trait("Speed", "Slow")]
public sealed class GrowingCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_update_replaces_the_file_or_writes_another_with_the_same_bytes()
    {
        string model = await FitAsync("a", 6, first: 0);
        byte[] before = await File.ReadAllBytesAsync(model);
        string more = SyntheticParts.WriteGood(_folder.File("more"), 3, first: 100);
        Assert.Equal(ExitCode.Done, (await CliRun.Of("update", model, more, "--out", _folder.File("b.sdad"))).ExitCode);
        Assert.Equal(before, await File.ReadAllBytesAsync(model));
        CliRun run = await CliRun.Of("update", model, more);
        Assert.Equal((ExitCode.Done, string.Empty), (run.ExitCode, run.Error));
        Assert.Equal(await File.ReadAllBytesAsync(_folder.File("b.sdad")), await File.ReadAllBytesAsync(model));
        Assert.Contains("Steps       fit +6, update +3", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_command_works_with_two_networks_in_one_detector()
    {
        string good = SyntheticParts.WriteGood(_folder.File("good"), 6);
        string tiny = TinyNetwork.Write(_folder.File("networks"));
        string model = _folder.File("two.sdad");
        CliRun fit = await CliRun.Of(
            "fit", good, "--out", model, "--backbone", "compact", "--backbone", tiny, "--resize", "64", "--folds", "2",
            "--coreset", "0.2");
        Assert.Equal((ExitCode.Done, string.Empty), (fit.ExitCode, fit.Error));
        using JsonDocument info = JsonDocument.Parse((await CliRun.Of("info", model, "--json")).Output);
        Assert.Equal(
            ["compact", "tiny"],
            info.RootElement.GetProperty("lanes").EnumerateArray()
                .Select(lane => lane.GetProperty("backbone").GetProperty("name").GetString()));
        Assert.Equal(2, info.RootElement.GetProperty("banks").GetArrayLength());
        Assert.Equal(ExitCode.Done, (await CliRun.Of("verify", model)).ExitCode);

        string bad = SyntheticParts.WriteBad(_folder.File("bad.png"));
        CliRun score = await CliRun.Of("score", model, bad, Path.Combine(good, "000.png"));
        Assert.Contains("1 abnormal", score.Output, StringComparison.Ordinal);

        string more = SyntheticParts.WriteGood(_folder.File("more"), 2, first: 100);
        string updated = _folder.File("updated.sdad");
        CliRun update = await CliRun.Of("update", model, more, "--out", updated);
        Assert.Equal((ExitCode.Done, string.Empty), (update.ExitCode, update.Error));
        Assert.Equal(ExitCode.Done, (await CliRun.Of("verify", updated)).ExitCode);
        CliRun merge = await CliRun.Of("merge", model, updated, "--out", _folder.File("merged.sdad"));
        Assert.Equal((ExitCode.Done, string.Empty), (merge.ExitCode, merge.Error));

        using AnomalyDetector before = AnomalyDetector.Load(updated);
        before.Save(_folder.File("again.sdad"));
        using AnomalyDetector after = AnomalyDetector.Load(_folder.File("again.sdad"));
        Assert.Equal(before.Fingerprint, after.Fingerprint);
        Assert.Equal(before.Inspect(bad).InputMap.Values, after.Inspect(bad).InputMap.Values);
        Assert.True(after.Inspect(bad).IsAbnormal);
        Assert.Equal(2, after.Description.Lanes.Select(lane => lane.Sha256).Distinct().Count());
    }

    [Theory]
    [InlineData("mendedbank")]
    [InlineData("RepairedBank")]
    public async Task The_old_word_for_a_repaired_bank_is_read(string word)
    {
        string expected = await FitAsync("a", 5, first: 0);
        string good = _folder.File("a");
        CliRun run = await CliRun.Of(
            "fit", good, "--out", _folder.File("b.sdad"), "--calibration", word, "--resize", "64", "--folds", "2",
            "--coreset", "0.2");
        Assert.Equal((ExitCode.Done, string.Empty), (run.ExitCode, run.Error));
        using AnomalyDetector detector = AnomalyDetector.Load(_folder.File("b.sdad"));
        Assert.Equal(Calibration.CalibrationMethod.RepairedBank, detector.Description.Calibration);
        Assert.True(File.Exists(expected));
        run = await CliRun.Of("fit", good, "--out", _folder.File("c.sdad"), "--calibration", "brokenbank");
        Assert.Equal(ExitCode.BadUsage, run.ExitCode);
        Assert.Contains("repairedbank", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_update_or_merge_changes_no_files()
    {
        string model = await FitAsync("a", 6, first: 0);
        string seed =
            await FitAsync("seed", 6, first: 50, "--preset", "seed", "--resize-kind", "squash", "--crop", "none");
        byte[] before = await File.ReadAllBytesAsync(model);
        string more = SyntheticParts.WriteGood(_folder.File("more"), 3, first: 100);
        await File.WriteAllTextAsync(Path.Combine(more, "broken.png"), "no picture");
        string[] files = Directory.GetFiles(_folder.Path);
        string[][] failing =
        [
            ["update", model, more],
            ["update", model, _folder.File("a")],
            ["update", model, _folder.File("nowhere")],
            ["update", seed, _folder.File("a")],
            ["update", model, more, "--known", _folder.File("nowhere")],
            ["merge", model, seed, "--out", model],
            ["merge", model, _folder.File("none.sdad"), "--out", model],
        ];
        foreach (string[] args in failing)
        {
            CliRun run = await CliRun.Of(args);
            Assert.Equal((ExitCode.Failed, string.Empty), (run.ExitCode, run.Output));
            Assert.StartsWith("semidefect: ", run.ErrorLine, StringComparison.Ordinal);
            Assert.Equal(before, await File.ReadAllBytesAsync(model));
            Assert.Equal(files, Directory.GetFiles(_folder.Path));
        }

        Assert.Equal(
            ExitCode.BadUsage, (await CliRun.Of("merge", model, model, "--out", model, "--coreset", "many")).ExitCode);
        Assert.Equal(ExitCode.BadUsage, (await CliRun.Of("merge", model, model)).ExitCode);
    }

    [Fact]
    public async Task Scores_include_the_fingerprint_of_the_detector()
    {
        string model = await FitAsync("a", 6, first: 0);
        string Field(CliRun run, string name)
        {
            using var json = JsonDocument.Parse(run.Output);
            return json.RootElement.GetProperty(name).GetString()!;
        }

        string fingerprint = Field(await CliRun.Of("fingerprint", model, "--json"), "sha256");
        Assert.Equal(fingerprint, Field(await CliRun.Of("score", model, _folder.File("a"), "--json"), "fingerprint"));
        Assert.Equal(fingerprint, Field(await CliRun.Of("info", model, "--json"), "fingerprint"));
        Assert.Equal(fingerprint, Field(await CliRun.Of("verify", model, "--json"), "fingerprint"));
        Assert.Equal(ExitCode.Done, (await CliRun.Of("threshold", model, "--value", "3")).ExitCode);
        Assert.NotEqual(fingerprint, Field(await CliRun.Of("fingerprint", model, "--json"), "sha256"));
        Assert.Equal(ExitCode.Failed, (await CliRun.Of("fingerprint", _folder.File("none"))).ExitCode);
    }

    [Fact]
    public async Task A_detector_without_golden_images_cannot_be_verified()
    {
        string model = await FitAsync("a", 6, first: 0, "--golden-images", "0");
        CliRun run = await CliRun.Of("verify", model);
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("no golden inputs", run.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(
            ExitCode.BadUsage,
            (await CliRun.Of("fit", _folder.File("a"), "--out", model, "--golden-images", "17")).ExitCode);
    }

    private async Task<string> FitAsync(string name, int images, int first, params string[] options)
    {
        SyntheticParts.WriteGood(_folder.File(name), images, first: first);
        string model = _folder.File($"{name}.sdad");
        CliRun run = await CliRun.Of(
            [
                "fit",
                _folder.File(name),
                "--out",
                model,
                "--backbone",
                TinyNetwork.Write(_folder.File("network")),
                "--resize",
                "32",
                "--coreset",
                "0.02",
                "--folds",
                "3",
                .. options
            ]);
        Assert.Equal(ExitCode.Done, run.ExitCode);
        return model;
    }
}
