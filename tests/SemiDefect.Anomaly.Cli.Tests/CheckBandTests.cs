using System.Globalization;
using System.Text.Json;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

/// <summary>The band of images to be checked, on the command line.</summary>
[Trait("Speed", "Slow")]
public sealed class CheckBandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Images_in_the_band_are_to_be_checked_in_every_output()
    {
        string model = await FitAsync("--check-rate", "0.5");
        string csv = _folder.File("r.csv");
        string html = _folder.File("r.html");
        string good = _folder.File("good");
        CliRun text = await CliRun.Of("score", model, good, "--out", csv, "--report", html, "--fail-on-check");
        string[][] rows =
            [.. (await File.ReadAllLinesAsync(csv)).Skip(1).Select(line => line.Split(','))];
        CliRun run = await CliRun.Of("score", model, good, "--json");
        using JsonDocument json = JsonDocument.Parse(run.Output);
        double threshold = json.RootElement.GetProperty("threshold").GetDouble();
        double check = json.RootElement.GetProperty("check_threshold").GetDouble();
        Assert.True(check < threshold);
        string[] expected =
        [
            .. rows.Select(row => double.Parse(row[1], CultureInfo.InvariantCulture))
                .Select(score => score > threshold ? "abnormal" : score > check ? "check" : "normal"),
        ];
        Assert.Contains("check", expected);
        Assert.Contains("normal", expected);
        Assert.Equal(expected, rows.Select(row => row[4]));
        Assert.Equal(
            expected,
            json.RootElement.GetProperty("images").EnumerateArray()
                .Select(image => image.GetProperty("decision").GetString()));
        int checks = expected.Count(decision => decision == "check");
        Assert.Equal(checks, json.RootElement.GetProperty("check").GetInt32());
        Assert.Contains($", {checks} to check, ", text.Output, StringComparison.Ordinal);
        Assert.Equal(
            expected.Contains("abnormal") ? ExitCode.AbnormalFound : ExitCode.CheckFound, text.ExitCode);
        string report = await File.ReadAllTextAsync(html);
        Assert.Contains("data-kind=\"check\"", report, StringComparison.Ordinal);
        Assert.Contains("badge check", report, StringComparison.Ordinal);
        Assert.Contains("class=\"check-threshold\"", report, StringComparison.Ordinal);

        string bad = SyntheticParts.WriteBad(_folder.File("bad.png"));
        Assert.Equal(ExitCode.AbnormalFound, (await CliRun.Of("score", model, bad, "--fail-on-check")).ExitCode);
        run = await CliRun.Of("score", model, good, "--threshold", "1e9", "--fail-on-check");
        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.DoesNotContain("to check", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_band_is_shown_changed_and_turned_off()
    {
        string model = await FitAsync();
        CliRun info = await CliRun.Of("info", model);
        Assert.Contains("check rate 0.05)", info.Output, StringComparison.Ordinal);
        double threshold = await ValueAsync(model, "threshold");

        CliRun changed = await CliRun.Of("threshold", model, "--check-rate", "0.5");
        Assert.Equal((ExitCode.Done, string.Empty), (changed.ExitCode, changed.Error));
        Assert.Contains("Check       ", changed.Output, StringComparison.Ordinal);
        Assert.Equal(threshold, await ValueAsync(model, "threshold"));
        await CliRun.Of("threshold", model, "--false-alarm-rate", "0.2");
        Assert.Contains(
            "check rate 0.5)", (await CliRun.Of("info", model)).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, (await CliRun.Of("threshold", model, "--check-rate", "0.2")).ExitCode);
        changed = await CliRun.Of("threshold", model, "--check-rate", "0");
        Assert.Contains("-> none", changed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Check", (await CliRun.Of("info", model)).Output, StringComparison.Ordinal);
        Assert.Equal(0.2, (await InfoAsync(model)).GetProperty("false_alarm_rate").GetDouble());
    }

    [Theory]
    [InlineData("--check-rate", "1")]
    [InlineData("--check-rate", "0.01")]
    [InlineData("--check-rate", "0.1", "--false-alarm-rate", "0.2")]
    [InlineData("--check-rate", "0.1", "--fixed-threshold", "3")]
    [InlineData("--check-rate", "0.1", "--threshold-method", "fold-maxima")]
    public async Task A_check_rate_that_does_not_fit_is_refused_with_one_line(params string[] options)
    {
        SyntheticParts.WriteGood(_folder.File("good"), 4);
        CliRun run = await CliRun.Of(["fit", _folder.File("good"), "--out", _folder.File("m.sdad"), .. options]);
        Assert.Equal(ExitCode.BadUsage, run.ExitCode);
        Assert.Contains("check rate", run.ErrorLine, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("m.sdad")));
    }

    [Fact]
    public async Task An_evaluation_counts_defects_and_good_images_to_check()
    {
        string data = SmallDataset.Write(_folder.File("data"));
        string[] fit = ["--preset", "fast", "--resize", "64", "--coreset", "30", "--resamples", "100"];
        using JsonDocument two = JsonDocument.Parse(
            (await CliRun.Of(["evaluate", data, "--json", "--check-rate", "0", .. fit])).Output);
        using JsonDocument three = JsonDocument.Parse(
            (await CliRun.Of(["evaluate", data, "--json", "--check-rate", "0.5", .. fit])).Output);
        JsonElement without = two.RootElement.GetProperty("at_threshold");
        JsonElement with = three.RootElement.GetProperty("at_threshold");
        Assert.Equal(JsonValueKind.Null, without.GetProperty("check").ValueKind);
        Assert.Equal(
            without.GetProperty("confusion").GetRawText(), with.GetProperty("confusion").GetRawText());
        Assert.Equal(without.GetProperty("f1").GetDouble(), with.GetProperty("f1").GetDouble());
        JsonElement check = with.GetProperty("check");
        Assert.Equal(
            check.GetProperty("images").GetArrayLength(),
            check.GetProperty("defects").GetInt32() + check.GetProperty("good").GetInt32());
        Assert.True(check.GetProperty("good").GetInt32() > 0);
        CliRun text = await CliRun.Of(["evaluate", data, "--check-rate", "0.5", .. fit]);
        Assert.Contains(
            $"To check        {check.GetProperty("defects").GetInt32()} defects and ",
            text.Output,
            StringComparison.Ordinal);
    }

    private async Task<string> FitAsync(params string[] more)
    {
        SyntheticParts.WriteGood(_folder.File("good"), 12);
        string model = _folder.File("a.sdad");
        CliRun run = await CliRun.Of(
            ["fit", _folder.File("good"), "--out", model, "--resize", "64", "--coreset", "30", .. more]);
        Assert.Equal((ExitCode.Done, string.Empty), (run.ExitCode, run.Error));
        return model;
    }

    private static async Task<JsonElement> InfoAsync(string model)
    {
        using JsonDocument info = JsonDocument.Parse((await CliRun.Of("info", model, "--json")).Output);
        return info.RootElement.Clone();
    }

    private static async Task<double> ValueAsync(string model, string name) =>
        (await InfoAsync(model)).GetProperty(name).GetProperty("value").GetDouble();
}
