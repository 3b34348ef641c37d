using System.Globalization;
using System.Text.Json;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

[Trait("Speed", "Slow")]
public sealed class FitAndScoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Fit_then_score_writes_results_heatmaps_masks_and_maps()
    {
        string model = await FitAsync();
        SyntheticParts.WriteBad(_folder.File("test/bad/blot, big.png"));
        SyntheticParts.WriteGood(_folder.File("test/good"), 2);

        CliRun run = await CliRun.Of(
            "score", model, _folder.File("test"), "--out", _folder.File("r.csv"), "--heatmaps", _folder.File("h"),
            "--masks", _folder.File("m"), "--raw", _folder.File("raw"));

        Assert.Equal((ExitCode.Done, string.Empty), (run.ExitCode, run.Error));
        Assert.Contains("3 images: 2 normal, 0 to check, 1 abnormal", run.Output, StringComparison.Ordinal);
        string[] lines = (await File.ReadAllTextAsync(_folder.File("r.csv"))).Split('\n');
        Assert.StartsWith("path,score,threshold,margin,decision,regions", lines[0], StringComparison.Ordinal);
        Assert.StartsWith(
            $"\"{_folder.File("test").Replace('\\', '/')}/bad/blot, big.png\",", lines[1], StringComparison.Ordinal);
        Assert.Contains(",abnormal,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",normal,0", lines[2], StringComparison.Ordinal);
        Image heatmap = ImageFile.Read(_folder.File("h/bad/blot, big.png"));
        Assert.Equal((96, 64), (heatmap.Width, heatmap.Height));
        Image mask = ImageFile.Read(_folder.File("m/bad/blot, big.png"));
        Assert.Equal(255, mask.Rgb[3 * ((SyntheticParts.BlotTop + 7) * 96 + SyntheticParts.BlotLeft + 7)]);
        Assert.Equal(0, mask.Rgb[0]);
        Assert.True(File.Exists(_folder.File("raw/good/000.tiff")));
    }

    [Fact]
    public async Task One_good_image_gives_a_threshold_and_what_it_promises_is_told()
    {
        const string Promise = "One good image can promise no false-alarm rate";
        string model = _folder.File("one.sdad");
        string good = SyntheticParts.WriteGood(_folder.File("one"), 1);
        CliRun fit = await CliRun.Of("fit", good, "--out", model, "--resize", "96");
        Assert.Equal(ExitCode.Done, fit.ExitCode);
        Assert.Contains(Promise, fit.Output, StringComparison.Ordinal);
        CliRun info = await CliRun.Of("info", model, "--json");
        using JsonDocument json = JsonDocument.Parse(info.Output);
        string? note = json.RootElement.GetProperty("threshold").GetProperty("note").GetString();
        Assert.StartsWith(Promise, note, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await CliRun.Of("score", model, good)).ExitCode);

        CliRun refused = await CliRun.Of("fit", good, "--out", model, "--resize", "96", "--few-images", "off");
        Assert.NotEqual(ExitCode.Done, refused.ExitCode);
        Assert.Contains("two or more", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Raw_maps_as_npy_hold_the_height_and_width_of_the_image()
    {
        string model = await FitAsync();
        await CliRun.Of(
            "score",
            model,
            SyntheticParts.WriteBad(_folder.File("bad.png")),
            "--raw",
            _folder.File("raw"),
            "--raw-format",
            "npy");
        (int[] shape, float[] values) = NpyFile.Read<float>(_folder.File("raw/bad.npy"));
        Assert.Equal([64, 96], shape);
        Assert.True(values.Max() > 0);
    }

    [Fact]
    public async Task Json_is_one_document_with_every_image()
    {
        string model = await FitAsync();
        CliRun run = await CliRun.Of(
            "score", model, SyntheticParts.WriteBad(_folder.File("bad.png")), _folder.File("good"), "--json");
        using JsonDocument json = JsonDocument.Parse(run.Output);
        JsonElement image = json.RootElement.GetProperty("images")[0];
        Assert.Equal("abnormal", image.GetProperty("decision").GetString());
        Assert.True(image.GetProperty("regions").GetArrayLength() > 0);
        Assert.Equal(9, json.RootElement.GetProperty("images").GetArrayLength());
        Assert.Equal(1, json.RootElement.GetProperty("abnormal").GetInt32());

        using JsonDocument info = JsonDocument.Parse((await CliRun.Of("info", model, "--json")).Output);
        Assert.Equal(8, info.RootElement.GetProperty("images").GetInt32());
        Assert.Equal(
            info.RootElement.GetProperty("threshold").GetProperty("value").GetDouble(),
            json.RootElement.GetProperty("threshold").GetDouble());
    }

    [Fact]
    public async Task Unreadable_images_are_listed_and_the_rest_is_scored()
    {
        string model = await FitAsync();
        await File.WriteAllTextAsync(_folder.File("good/zzz.png"), "no picture");
        CliRun run = await CliRun.Of("score", model, _folder.File("good"), _folder.File("none.png"));
        Assert.Equal(ExitCode.SomeUnreadable, run.ExitCode);
        Assert.Equal(2, run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("zzz.png", run.Error, StringComparison.Ordinal);
        Assert.Contains("none.png", run.Error, StringComparison.Ordinal);
        Assert.Contains("8 images", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_abnormal_image_can_be_an_exit_code_and_a_threshold_can_be_given()
    {
        string model = await FitAsync();
        string bad = SyntheticParts.WriteBad(_folder.File("bad.png"));
        Assert.Equal(ExitCode.AbnormalFound, (await CliRun.Of("score", model, bad, "--fail-on-abnormal")).ExitCode);
        Assert.Equal(
            ExitCode.Done, (await CliRun.Of("score", model, bad, "--fail-on-abnormal", "--threshold", "1e9")).ExitCode);
        Assert.Equal(ExitCode.BadUsage, (await CliRun.Of("score", model, bad, "--threshold", "NaN")).ExitCode);
    }

    [Fact]
    public async Task Features_can_be_written_and_timed()
    {
        SyntheticParts.WriteGood(_folder.File("good"), 3);
        string features = _folder.File("f.npy");
        CliRun run = await CliRun.Of(
            "features", _folder.File("good"), "--out", features, "--preset", "fast", "--resize", "64");
        Assert.Equal((ExitCode.Done, string.Empty), (run.ExitCode, run.Error));
        (int[] shape, _) = NpyFile.Read<float>(features);
        Assert.Equal(3 * 8 * 8, shape[0]);

        using JsonDocument search =
            JsonDocument.Parse((await CliRun.Of("bench", "--search", features, features, "--k", "2", "--json")).Output);
        Assert.Equal(0, search.RootElement.GetProperty("sum_of_nearest").GetDouble());
        Assert.True(search.RootElement.GetProperty("median_s").GetDouble() > 0);
        using JsonDocument coreset =
            JsonDocument.Parse((await CliRun.Of("bench", "--coreset", features, "0.1", "--json")).Output);
        Assert.Equal(19, coreset.RootElement.GetProperty("picks").GetInt32());
        Assert.Equal(10, coreset.RootElement.GetProperty("first_indices").GetArrayLength());
        Assert.Equal(ExitCode.BadUsage, (await CliRun.Of("bench", "--coreset", features, "2")).ExitCode);
        Assert.Equal(
            ExitCode.Failed, (await CliRun.Of("bench", "--search", features, _folder.File("none.npy"))).ExitCode);
    }

    [Fact]
    public async Task Whole_runs_can_be_timed()
    {
        string model = await FitAsync();
        SyntheticParts.WriteGood(_folder.File("new"), 3);
        CliRun run = await CliRun.Of("bench", model, "--images", _folder.File("new"), "--json");
        Assert.Equal((ExitCode.Done, string.Empty), (run.ExitCode, run.Error));
        using JsonDocument timing = JsonDocument.Parse(run.Output);
        Assert.Equal(3, timing.RootElement.GetProperty("images").GetInt32());
        double latency = timing.RootElement.GetProperty("latency_p50_s").GetDouble();
        Assert.InRange(latency, 1e-6, timing.RootElement.GetProperty("latency_p99_s").GetDouble());
        double stages =
            timing.RootElement.GetProperty("stages_s").EnumerateObject().Sum(stage => stage.Value.GetDouble());
        Assert.True(stages >= 0.1 * latency, $"{stages} s in stages, {latency} s in all");

        run = await CliRun.Of("bench", "--synthetic", "--count", "4");
        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.StartsWith("Fit         4 images", run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadUsage, (await CliRun.Of("bench")).ExitCode);
        Assert.Equal(ExitCode.BadUsage, (await CliRun.Of("bench", "--synthetic", "--count", "0")).ExitCode);
    }

    [Theory]
    [InlineData("many", ExitCode.BadUsage)]
    [InlineData("1KiB", ExitCode.BadUsage)]
    [InlineData("64MiB", ExitCode.Done)]
    public async Task The_memory_allowed_is_a_size(string size, int exitCode)
    {
        SyntheticParts.WriteGood(_folder.File("good"), 4);
        CliRun run = await CliRun.Of(
            "fit", _folder.File("good"), "--out", _folder.File("m.sdad"), "--resize", "64", "--max-memory", size);
        Assert.Equal(exitCode, run.ExitCode);
    }

    [Fact]
    public async Task A_covering_radius_decides_the_size_of_the_bank()
    {
        SyntheticParts.WriteGood(_folder.File("good"), 4);
        CliRun run = await CliRun.Of(
            "fit",
            _folder.File("good"),
            "--out",
            _folder.File("m.sdad"),
            "--resize",
            "64",
            "--coreset-radius",
            "0.5",
            "--json");
        using JsonDocument info = JsonDocument.Parse(run.Output);
        Assert.InRange(info.RootElement.GetProperty("covering_radius").GetDouble(), 0, 0.5);
        Assert.InRange(info.RootElement.GetProperty("banks")[0].GetProperty("rows").GetInt32(), 5, 4 * 8 * 8);
    }

    [Fact]
    public async Task Files_of_the_same_name_get_distinct_names()
    {
        string model = await FitAsync();
        SyntheticParts.WriteGood(_folder.File("a"), 1);
        SyntheticParts.WriteGood(_folder.File("b/a"), 1);
        await CliRun.Of(
            "score",
            model,
            _folder.File("a"),
            _folder.File("b/a"),
            _folder.File("a/000.png"),
            "--masks",
            _folder.File("m"));
        Assert.True(File.Exists(_folder.File("m/a/000.png")));
        Assert.True(File.Exists(_folder.File("m/a/000-2.png")));
        Assert.True(File.Exists(_folder.File("m/000.png")));
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("fa-IR")]
    [InlineData("de-DE")]
    public async Task Cultures_change_no_byte(string culture)
    {
        (byte[] Model, string Csv, string Output) expected = await FitAndScoreAsync();
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo uiBefore = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = new CultureInfo(culture);
            Assert.NotEqual("1.5", $"{1.5}");
            (byte[] Model, string Csv, string Output) actual = await FitAndScoreAsync();
            Assert.Equal(expected.Model, actual.Model);
            Assert.Equal((expected.Csv, expected.Output), (actual.Csv, actual.Output));
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (before, uiBefore);
        }
    }

    [Theory]
    [InlineData("pca:16", "pca, from 192 to 16 values")]
    [InlineData("whiten:16", "whiten, from 192 to 16 values")]
    [InlineData("reconpatch:16", "reconpatch, from 192 to 16 values, 20 steps")]
    public async Task A_projection_is_fitted_shown_and_used(string projection, string shown)
    {
        SyntheticParts.WriteGood(_folder.File("good"), 8);
        SyntheticParts.WriteBad(_folder.File("bad.png"));
        string model = _folder.File("p.sdad");
        string[] steps = projection.StartsWith("recon", StringComparison.Ordinal) ? ["--projection-steps", "20"] : [];
        CliRun fit = await CliRun.Of(
        [
            "fit", _folder.File("good"), "--out", model, "--preset", "fast", "--resize", "64", "--coreset", "30",
            "--projection", projection, .. steps,
        ]);
        Assert.True(fit.ExitCode == ExitCode.Done, fit.Error);
        CliRun info = await CliRun.Of("info", model);
        Assert.Contains($"Projection  {shown}", info.Output, StringComparison.Ordinal);
        CliRun score = await CliRun.Of("score", model, _folder.File("bad.png"));
        Assert.StartsWith("abnormal", score.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("umap")]
    [InlineData("pca:0")]
    [InlineData("pca:5000")]
    public async Task A_projection_that_there_is_none_of_is_refused(string projection)
    {
        SyntheticParts.WriteGood(_folder.File("good"), 8);
        CliRun fit = await CliRun.Of(
            "fit", _folder.File("good"), "--out", _folder.File("p.sdad"), "--projection", projection);
        Assert.NotEqual(ExitCode.Done, fit.ExitCode);
        Assert.Single(fit.Error.Trim().Split('\n'));
        Assert.False(File.Exists(_folder.File("p.sdad")));
    }

    [Fact]
    public async Task Files_made_in_another_order_give_the_same_detector()
    {
        string model = await FitAsync();
        Directory.CreateDirectory(_folder.File("shuffled"));
        foreach (string file in Directory.GetFiles(_folder.File("good")).OrderDescending(StringComparer.Ordinal))
        {
            File.Copy(file, Path.Combine(_folder.File("shuffled"), Path.GetFileName(file)));
        }

        await CliRun.Of(
            "fit", _folder.File("shuffled"), "--out", _folder.File("b.sdad"), "--resize", "64", "--coreset", "30");
        Assert.Equal(await File.ReadAllBytesAsync(model), await File.ReadAllBytesAsync(_folder.File("b.sdad")));
    }

    private async Task<(byte[] Model, string Csv, string Output)> FitAndScoreAsync()
    {
        SyntheticParts.WriteGood(_folder.File("good"), 6);
        string model = _folder.File("m.sdad");
        string csv = _folder.File("r.csv");
        CliRun fit = await CliRun.Of(
            "fit",
            _folder.File("good"),
            "--out",
            model,
            "--resize",
            "64",
            "--coreset",
            "0.25",
            "--false-alarm-rate",
            "0.05");
        CliRun score = await CliRun.Of("score", model, _folder.File("good"), "--out", csv);
        Assert.Equal((0, 0), (fit.ExitCode, score.ExitCode));
        return (await File.ReadAllBytesAsync(model), await File.ReadAllTextAsync(csv), fit.Output + score.Output);
    }

    private async Task<string> FitAsync()
    {
        SyntheticParts.WriteGood(_folder.File("good"), 8);
        string model = _folder.File("a.sdad");
        CliRun run = await CliRun.Of("fit", _folder.File("good"), "--out", model, "--resize", "64", "--coreset", "30");
        Assert.Equal((ExitCode.Done, string.Empty), (run.ExitCode, run.Error));
        return model;
    }
}
