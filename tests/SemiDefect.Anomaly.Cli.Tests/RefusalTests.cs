using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

public sealed class RefusalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--coreset", "0")]
    [InlineData("--coreset", "1.5")]
    [InlineData("--coreset", "many")]
    [InlineData("--coreset", "-3")]
    [InlineData("--patch", "2")]
    [InlineData("--neighbors", "0")]
    [InlineData("--folds", "1")]
    [InlineData("--preset", "best")]
    [InlineData("--resize", "0")]
    [InlineData("--resize", "big")]
    [InlineData("--crop", "9999999")]
    [InlineData("--batch", "0")]
    [InlineData("--false-alarm-rate", "2")]
    [InlineData("--threads", "-1")]
    [InlineData("--seed", "-1")]
    [InlineData("--device", "tpu")]
    [InlineData("--threshold-method", "fixed")]
    [InlineData("--check-rate", "1.5")]
    [InlineData("--brightness", "0.8,1")]
    [InlineData("--brightness", "dark")]
    [InlineData("--max-cost", "2X")]
    [InlineData("--max-cost", "0")]
    [InlineData("--max-cost", "-1")]
    [InlineData("--planted", "-1")]
    [InlineData("--planted", "10001")]
    [InlineData("--tune", "slow")]
    [InlineData("--contamination", "0.5")]
    public async Task Invalid_values_are_bad_usage(string option, string value)
    {
        SyntheticParts.WriteGood(_folder.File("good"), 2);
        CliRun run = await CliRun.Of("fit", _folder.File("good"), "--out", _folder.File("m.sdad"), option, value);
        Assert.Equal(ExitCode.BadUsage, run.ExitCode);
        Assert.StartsWith("semidefect: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("m.sdad")));
    }

    [Theory]
    [InlineData("--boxes, --xray and --wafers generate different sets", "--boxes", "--xray")]
    [InlineData("--boxes, --xray and --wafers generate different sets", "--wafers", "--xray")]
    [InlineData("--train and --test are for --boxes", "--train", "3")]
    [InlineData("--train and --test are for --boxes", "--test", "3")]
    [InlineData("--train and --test are for --boxes", "--xray", "--test", "3")]
    public async Task Options_of_different_sample_sets_are_bad_usage(string reason, params string[] options)
    {
        CliRun run = await CliRun.Of(["sample", "--out", _folder.File("set"), "--count", "1", .. options]);
        Assert.Equal(ExitCode.BadUsage, run.ExitCode);
        Assert.Contains(reason, run.ErrorLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("set")));
    }

    [Theory]
    [InlineData("fit")]
    [InlineData("fit", "folder")]
    [InlineData("score", "model")]
    [InlineData("launch")]
    [InlineData("fit", "folder", "--out", "x", "--color", "red")]
    public async Task Missing_and_unknown_arguments_are_bad_usage(params string[] args)
    {
        CliRun run = await CliRun.Of(args);
        Assert.Equal(ExitCode.BadUsage, run.ExitCode);
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("50")]
    [InlineData("ms")]
    [InlineData("0ms")]
    [InlineData("-5ms")]
    [InlineData("2h")]
    public async Task A_latency_that_is_none_is_bad_usage(string latency)
    {
        SyntheticParts.WriteGood(_folder.File("good"), 2);
        CliRun run = await CliRun.Of("select", _folder.File("good"), "--latency", latency);
        Assert.Equal(ExitCode.BadUsage, run.ExitCode);
        Assert.Contains("such as 50ms", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("off", "more than the limit of 1e3")]
    [InlineData("quick", "Even the cheapest choice")]
    public async Task A_fit_above_the_limit_is_refused_in_one_line(string tune, string reason)
    {
        SyntheticParts.WriteGood(_folder.File("good"), 6);
        string model = _folder.File("m.sdad");
        CliRun run = await CliRun.Of(
            "fit", _folder.File("good"), "--out", model, "--resize", "32", "--tune", tune, "--max-cost", "1k");
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.False(File.Exists(model));
    }

    [Fact]
    public async Task A_missing_input_gives_one_line_and_exit_code_1()
    {
        SyntheticParts.WriteGood(_folder.File("good"), 2);
        Directory.CreateDirectory(_folder.File("empty"));
        string model = _folder.File("m.sdad");
        string[][] calls =
        [
            ["fit", _folder.File("nowhere"), "--out", model],
            ["fit", _folder.File("empty"), "--out", model],
            ["fit", _folder.File("good/000.png"), "--out", model],
            ["fit", _folder.File("good"), "--out", model, "--backbone", "nowhere.onnx"],
            ["fit", _folder.File("good"), "--out", model, "--taps", "layer77"],
            ["score", model, _folder.File("good")],
            ["info", model],
        ];
        foreach (string[] call in calls)
        {
            CliRun run = await CliRun.Of(call);
            Assert.Equal(ExitCode.Failed, run.ExitCode);
            Assert.StartsWith("semidefect: ", run.ErrorLine, StringComparison.Ordinal);
            Assert.Empty(run.Output);
        }

        Assert.Equal(
            ["empty", "good"],
            Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_unreadable_good_image_stops_the_fit_and_leaves_nothing()
    {
        SyntheticParts.WriteGood(_folder.File("good"), 2);
        await File.WriteAllBytesAsync(
            _folder.File("good/half.png"), (await File.ReadAllBytesAsync(_folder.File("good/000.png")))[..900]);
        CliRun run = await CliRun.Of("fit", _folder.File("good"), "--out", _folder.File("m.sdad"));
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("half.png", run.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(["good"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_crop_larger_than_an_image_is_rejected()
    {
        SyntheticParts.WriteGood(_folder.File("good"), 2);
        CliRun run = await CliRun.Of(
            "fit", _folder.File("good"), "--out", _folder.File("m.sdad"), "--resize", "none", "--crop", "80");
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("crop", run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_at_the_model_path_is_an_error_and_leaves_nothing()
    {
        SyntheticParts.WriteGood(_folder.File("good"), 2);
        Directory.CreateDirectory(_folder.File("m.sdad"));
        CliRun run = await CliRun.Of("fit", _folder.File("good"), "--out", _folder.File("m.sdad"), "--resize", "64");
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("Cannot write", run.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(
            ["good", "m.sdad"],
            Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Verbose_shows_the_stack_trace()
    {
        CliRun run = await CliRun.Of("info", _folder.File("none.sdad"), "--verbose");
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("   at ", run.Error, StringComparison.Ordinal);
    }
}
