using System.Text.Json;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

[Trait("Speed", "Slow")]
public sealed class EvaluationCommandTests : IDisposable
{
    private static readonly string[] Quick = ["--resize", "96", "--coreset", "0.2", "--folds", "4"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Evaluate_fits_scores_and_writes_its_files()
    {
        string set = SmallDataset.Write(_folder.File("set"));
        CliRun run = await CliRun.Of(["evaluate", set, "--out", _folder.File("out"), "--resamples", "50", .. Quick]);
        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
        Assert.Contains("Detected        3 of 3: recall 1.0000", run.Output);
        Assert.Contains("\nblot                3      3   1.000", run.Output);
        Assert.Equal(
            ["evaluation.json", "model.sdad", "report.html", "results.csv"],
            Directory.GetFiles(_folder.File("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        string[] lines = File.ReadAllLines(_folder.File("out/results.csv"));
        Assert.Equal("path,type,abnormal,score,threshold,margin,p_value,decision,regions", lines[0]);
        Assert.Equal(10, lines.Length);
        Assert.StartsWith("test/blot/000.png,blot,1,", lines[1], StringComparison.Ordinal);

        // The saved detector gives the same results, except for the timing.
        CliRun again = await CliRun.Of(
            "evaluate",
            set,
            "--model",
            _folder.File("out/model.sdad"),
            "--out",
            _folder.File("again"),
            "--resamples",
            "50",
            "--json");
        Assert.Equal(
            File.ReadAllText(_folder.File("out/results.csv")), File.ReadAllText(_folder.File("again/results.csv")));
        Assert.Equal(WithoutTiming(File.ReadAllText(_folder.File("out/evaluation.json"))), WithoutTiming(again.Output));
    }

    [Fact]
    public async Task Several_categories_give_a_table_with_the_mean_and_a_front_page()
    {
        SmallDataset.Write(_folder.File("all/b"));
        SmallDataset.Write(_folder.File("all/a"), masks: false);
        CliRun run = await CliRun.Of(
            ["evaluate", _folder.File("all"), "--out", _folder.File("out"), "--resamples", "20", .. Quick]);
        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Contains("\nmean            1.000     1.000", run.Output);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(_folder.File("out/evaluation.json")));
        Assert.Equal(
            ["a", "b"], json.RootElement.GetProperty("categories").EnumerateObject().Select(category => category.Name));
        Assert.Contains("href=\"a/report.html\"", File.ReadAllText(_folder.File("out/report.html")));
        Assert.True(File.Exists(_folder.File("out/b/report.html")));
    }

    [Fact]
    public async Task Unreadable_images_give_exit_code_3_and_fit_options_do_not_go_with_a_model()
    {
        string set = SmallDataset.Write(_folder.File("set"));
        string model = await Fit(set);
        File.WriteAllText(Path.Combine(set, "test/good/broken.png"), "no");
        CliRun broken = await CliRun.Of("evaluate", set, "--model", model, "--resamples", "5");
        Assert.Equal(ExitCode.SomeUnreadable, broken.ExitCode);
        Assert.Contains("broken.png", broken.ErrorLine);

        CliRun mixed = await CliRun.Of("evaluate", set, "--model", model, "--coreset", "0.1");
        Assert.Equal(ExitCode.BadUsage, mixed.ExitCode);
        Assert.Contains("--coreset", mixed.ErrorLine);
        Assert.Equal(ExitCode.Failed, (await CliRun.Of("evaluate", _folder.File("nowhere"))).ExitCode);
        Assert.Equal(
            ExitCode.BadUsage, (await CliRun.Of("evaluate", set, "--model", model, "--resamples", "0")).ExitCode);
    }

    [Fact]
    public async Task Threshold_changes_the_decisions_of_score()
    {
        string set = SmallDataset.Write(_folder.File("set"));
        string model = await Fit(set);
        CliRun change = await CliRun.Of("threshold", model, "--value", "1000000", "--json");
        Assert.Equal((ExitCode.Done, ""), (change.ExitCode, change.Error));
        using JsonDocument json = JsonDocument.Parse(change.Output);
        Assert.Equal(
            1e6, json.RootElement.GetProperty("after").GetProperty("threshold").GetProperty("value").GetDouble());
        Assert.Contains("0 abnormal", (await CliRun.Of("score", model, Path.Combine(set, "test/blot"))).Output);

        Assert.Equal(ExitCode.Done, (await CliRun.Of("threshold", model, "--false-alarm-rate", "0.1")).ExitCode);
        Assert.Contains("3 abnormal", (await CliRun.Of("score", model, Path.Combine(set, "test/blot"))).Output);
        foreach (string[] bad
            in new string[][]
            {
                [],
                ["--value", "1", "--false-alarm-rate", "0.1"],
                ["--value", "NaN"],
                ["--false-alarm-rate", "3"],
                ["--value", "1", "--threshold-method", "quantile"],
                ["--false-alarm-rate", "0.1", "--threshold-method", "seed"],
            })
        {
            CliRun run = await CliRun.Of(["threshold", model, .. bad]);
            Assert.Equal(ExitCode.BadUsage, run.ExitCode);
        }
    }

    [Fact]
    public async Task Score_writes_a_report_p_values_and_the_contests_file()
    {
        string set = SmallDataset.Write(_folder.File("set"));
        string model = await Fit(set);
        File.WriteAllText(_folder.File("sample_submission.csv"), "id,label\n017,-1\n012,-1\n");
        string[] images = [Path.Combine(set, "test/good/012.png"), Path.Combine(set, "test/good/017.png")];
        CliRun run = await CliRun.Of(
        [
            "score",
            model,
            .. images,
            "--report",
            _folder.File("r.html"),
            "--training-images",
            Path.Combine(set, "train/good"),
            "--submission",
            _folder.File("sample_submission.csv"),
            "--submission-out",
            _folder.File("answer.csv"),
            "--json",
        ]);
        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
        Assert.Equal("id,label\n017,0\n012,0\n", File.ReadAllText(_folder.File("answer.csv")));
        Assert.Contains("nearest training patch", File.ReadAllText(_folder.File("r.html")));
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.InRange(json.RootElement.GetProperty("images")[0].GetProperty("p_value").GetDouble(), 1.0 / 13, 1);

        File.Delete(_folder.File("answer.csv"));
        CliRun missing = await CliRun.Of(
            "score",
            model,
            images[0],
            "--submission",
            _folder.File("sample_submission.csv"),
            "--submission-out",
            _folder.File("answer.csv"));
        Assert.Equal(ExitCode.Failed, missing.ExitCode);
        Assert.Contains("017", missing.ErrorLine);
        Assert.False(File.Exists(_folder.File("answer.csv")));
    }

    [Fact]
    public async Task The_exit_code_of_check_depends_on_the_findings()
    {
        string set = SmallDataset.Write(_folder.File("set"));
        CliRun few = await CliRun.Of("check", set, "--quick");
        Assert.Equal((ExitCode.ProblemsFound, ""), (few.ExitCode, few.Error));
        Assert.Contains("warning  few_good_images: 12 good images", few.Output);

        SyntheticParts.WriteGood(_folder.File("many"), 25);
        CliRun sound = await CliRun.Of("check", _folder.File("many"), "--quick");
        Assert.Equal((ExitCode.Done, ""), (sound.ExitCode, sound.Error));
        Assert.EndsWith("No problem found.\n", sound.Output, StringComparison.Ordinal);

        File.WriteAllText(_folder.File("many/broken.png"), "no");
        CliRun damaged = await CliRun.Of("check", _folder.File("many"), "--quick", "--json");
        Assert.Equal(ExitCode.SomeUnreadable, damaged.ExitCode);
        using JsonDocument json = JsonDocument.Parse(damaged.Output);
        Assert.Equal("unreadable", json.RootElement.GetProperty("findings")[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task Rehearse_reports_the_detection_limits()
    {
        string set = SmallDataset.Write(_folder.File("set"));
        string model = await Fit(set);
        CliRun run = await CliRun.Of(
            "rehearse",
            model,
            Path.Combine(set, "test/good"),
            "--sizes",
            "16",
            "--contrasts",
            "0.6",
            "--images",
            "2",
            "--kinds",
            "dot,scratch,soft_stain",
            "--out",
            _folder.File("out"));
        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
        Assert.Contains("\nDot             16 px", run.Output);
        Assert.Contains("Rehearsal with planted defects", File.ReadAllText(_folder.File("out/report.html")));
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(_folder.File("out/rehearsal.json")));
        Assert.Equal(3, json.RootElement.GetProperty("cells").GetArrayLength());
        Assert.Equal(ExitCode.BadUsage, (await CliRun.Of("rehearse", model, set, "--sizes", "large")).ExitCode);
        Assert.Equal(ExitCode.BadUsage, (await CliRun.Of("rehearse", model, set, "--kinds", "dent")).ExitCode);
    }

    private async Task<string> Fit(string set)
    {
        string model = _folder.File("m.sdad");
        CliRun run = await CliRun.Of(["fit", Path.Combine(set, "train/good"), "--out", model, .. Quick]);
        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
        return model;
    }

    private static string WithoutTiming(string json) => json[..json.IndexOf("\"timing\"", StringComparison.Ordinal)];
}
