using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

/// <summary>How commands read images: bit depths, pages, crops, wildcards, empty arguments.</summary>
[Trait("Speed", "Slow")]
public sealed class ReadingCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _small;

    public ReadingCommandTests() =>
        _small = ["--backbone", TinyNetwork.Write(_folder.File("network")), "--resize", "32", "--coreset", "0.05"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_bit_depth_is_found_said_stored_and_applied()
    {
        string model = _folder.File("m.sdad");
        for (int i = 0; i < 6; i++)
        {
            WriteWide($"low/{i}.png", i, shift: 0);
            WriteWide($"high/{i}.png", i, shift: 4);
        }

        CliRun check = await CliRun.Of("check", _folder.File("low"), "--quick");
        Assert.Contains(
            "bit_depth: The samples of the good images have 16 bits, but none is above 700: they are read as 12 bits.",
            check.Output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("near_duplicate", check.Output);
        CliRun fit = await CliRun.Of(["fit", _folder.File("low"), "--out", model, .. _small]);
        Assert.Equal((ExitCode.Done, ""), (fit.ExitCode, fit.Error));
        Assert.Contains("shorter side resized to 32, 12 of 16 bits per sample\n", fit.Output);
        CliRun info = await CliRun.Of("info", model);
        Assert.Contains(", 12 of 16 bits per sample\n", info.Output);
        CliRun json = await CliRun.Of("info", model, "--json");
        Assert.Equal(12, (int)JsonNode.Parse(json.Output)!["bit_depth"]!);

        // As if the samples were stored in the high bits, to the last digit.
        await CliRun.Of(["fit", _folder.File("high"), "--out", _folder.File("h.sdad"), .. _small]);
        CliRun low = await CliRun.Of("score", model, _folder.File("low"));
        CliRun high = await CliRun.Of("score", _folder.File("h.sdad"), _folder.File("high"));
        Assert.Equal(high.Output.Replace("/high/", "/low/", StringComparison.Ordinal), low.Output);

        WriteWide("bright.png", 1, shift: 3);
        CliRun bright = await CliRun.Of("score", model, _folder.File("bright.png"));
        Assert.Equal(ExitCode.SomeUnreadable, bright.ExitCode);
        Assert.Contains("more than 12 bits hold", bright.ErrorLine, StringComparison.Ordinal);

        fit = await CliRun.Of(["fit", _folder.File("low"), "--out", model, "--bit-depth", "16", .. _small]);
        Assert.DoesNotContain("bits per sample", fit.Output);
        fit = await CliRun.Of(["fit", _folder.File("low"), "--out", model, "--bit-depth", "7", .. _small]);
        Assert.Equal(ExitCode.BadUsage, fit.ExitCode);
        CliRun evaluation = await CliRun.Of("evaluate", _folder.File("low"), "--model", model, "--bit-depth", "12");
        Assert.Equal(ExitCode.BadUsage, evaluation.ExitCode);
    }

    [Fact]
    public async Task Pages_are_said_and_chosen()
    {
        string model = _folder.File("m.sdad");
        string pages = _folder.File("pages/stack.tif");
        Directory.CreateDirectory(Path.GetDirectoryName(pages)!);
        File.Copy(GoldenImages.Path("pages.tif"), pages);
        File.Copy(GoldenImages.Path("lzw.tif"), _folder.File("pages/z.tif"));
        SyntheticParts.WriteGood(_folder.File("good"), 4);
        await File.WriteAllTextAsync(
            _folder.File("list.csv"), "path,label\npages/stack.tif,good\npages/z.tif,bad\n");
        CliRun fit = await CliRun.Of(["fit", _folder.File("pages"), "--out", model, .. _small]);
        Assert.Contains("1 of 2 images have several pages, 'stack.tif' first; only the first", fit.ErrorLine);
        CliRun check = await CliRun.Of("check", _folder.File("pages"), "--quick");
        Assert.Contains("several_pages: ", check.Output, StringComparison.Ordinal);

        CliRun score = await CliRun.Of("score", model, _folder.File("pages"));
        Assert.Contains("1 of 2 images have several pages", score.ErrorLine, StringComparison.Ordinal);
        score = await CliRun.Of(
            "score", model, _folder.File("pages"), "--page", "all", "--heatmaps", _folder.File("h"), "--out",
            _folder.File("r.csv"), "--report", _folder.File("r.html"));
        Assert.Equal((ExitCode.Done, ""), (score.ExitCode, score.Error));
        string[] rows = await File.ReadAllLinesAsync(_folder.File("r.csv"));
        Assert.Equal(
            ["stack.tif#1", "stack.tif#2", "z.tif"],
            rows[1..].Select(row => row.Split(',')[0].Split('/')[^1]));
        Assert.Equal(
            ["legend.svg", "stack-page1.png", "stack-page2.png", "z.png"],
            Directory.GetFiles(_folder.File("h")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        score = await CliRun.Of("score", model, pages, "--page", "2");
        Assert.Equal((ExitCode.Done, ""), (score.ExitCode, score.Error));

        fit = await CliRun.Of(["fit", _folder.File("pages"), "--out", model, "--page", "all", .. _small]);
        Assert.Contains("Learned     3 good images", fit.Output, StringComparison.Ordinal);
        Assert.Equal("", fit.Error);
        fit = await CliRun.Of(["fit", _folder.File("pages"), "--out", model, "--page", "2", .. _small]);
        Assert.Contains("'", fit.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("has 1 page; page 2 was asked for", fit.ErrorLine, StringComparison.Ordinal);
        foreach (string[] wrong in new[] { new[] { "fit", "--page", "0" }, ["fit", "--page", "two"] })
        {
            fit = await CliRun.Of([wrong[0], _folder.File("pages"), "--out", model, .. wrong[1..], .. _small]);
            Assert.Equal(ExitCode.BadUsage, fit.ExitCode);
        }

        foreach (string[] command in new[]
        {
            ["update", model, _folder.File("pages"), "--out", _folder.File("u.sdad")],
            ["evaluate", _folder.File("list.csv"), "--model", model, "--resamples", "10"],
            new[] { "rehearse", model, _folder.File("pages"), "--images", "1", "--sizes", "8", "--contrasts", "1" },
        })
        {
            await CliRun.Of(["fit", _folder.File("good"), "--out", model, .. _small]);
            CliRun run = await CliRun.Of(command);
            Assert.Contains("images have several pages", run.Error, StringComparison.Ordinal);
        }

        check = await CliRun.Of("check", _folder.File("pages"), "--quick", "--page", "all");
        Assert.Equal(ExitCode.BadUsage, check.ExitCode);
    }

    [Fact]
    public async Task What_a_crop_leaves_out_is_said()
    {
        SyntheticParts.WriteGood(_folder.File("good"), 4);
        string[] fit = ["fit", _folder.File("good"), "--out", _folder.File("m.sdad"), .. _small];
        CliRun run = await CliRun.Of([.. fit, "--crop", "32"]);
        Assert.Contains(
            "The crop leaves out 34 % of an image of 96 x 64 pixels: only 64 x 64 pixels at (16, 0) are inspected",
            run.ErrorLine,
            StringComparison.Ordinal);
        Assert.Contains("only the middle 32 x 32", run.Output, StringComparison.Ordinal);
        run = await CliRun.Of(fit);
        Assert.Equal("", run.Error);
    }

    [Theory]
    [InlineData("Argument 3 is empty", "score", "m.sdad", "")]
    [InlineData("Argument 2 is empty", "score", "", "a.png")]
    [InlineData("Argument 2 is empty", "fit", " ", "--out", "m.sdad")]
    [InlineData("The value of --out is empty", "fit", "good", "--out", "")]
    [InlineData("The value of --out is empty", "fit", "good", "--out=")]
    [InlineData("The value of --heatmaps is empty", "score", "m.sdad", "a.png", "--heatmaps", "")]
    [InlineData("Argument 2 is empty", "check", "")]
    [InlineData("Argument 2 is empty", "serve", "")]
    public async Task An_empty_argument_is_bad_usage(string expected, params string[] arguments)
    {
        CliRun run = await CliRun.Of(arguments);
        Assert.Equal(ExitCode.BadUsage, run.ExitCode);
        Assert.StartsWith($"semidefect: {expected}", run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wildcards_are_expanded_where_the_shell_does_not()
    {
        SyntheticParts.WriteGood(_folder.File("a"), 4);
        SyntheticParts.WriteGood(_folder.File("b"), 2);
        await File.WriteAllTextAsync(_folder.File("a/.hidden.png"), "");
        string At(string pattern) => Path.Combine(_folder.Path, pattern);
        string[] Found(string pattern) =>
            [.. Wildcards.Expand([At(pattern)])
                .Select(path => Path.GetRelativePath(_folder.Path, path).Replace('\\', '/'))];
        Assert.Equal(["a/000.png", "a/001.png", "a/002.png", "a/003.png"], Found("a/*.png"));
        Assert.Equal(["a/001.png"], Found("a/??1.png"));
        Assert.Equal(["a/000.png", "b/000.png"], Found("?/000.*"));
        Assert.Equal(["plain.png"], Wildcards.Expand(["plain.png"]));
        Assert.Throws<SemiDefectException>(() => Wildcards.Expand([At("a/*.tif")]));
        if (!OperatingSystem.IsWindows())
        {
            File.Copy(_folder.File("a/000.png"), _folder.File("a/x*.png"));
            Assert.Equal(["a/x*.png"], Found("a/x*.png"));
        }

        string model = _folder.File("m.sdad");
        await CliRun.Of(["fit", _folder.File("b"), "--out", model, .. _small]);
        CliRun run = await CliRun.Of("score", model, At("a/00*.png"));
        Assert.Contains("4 images: ", run.Output, StringComparison.Ordinal);
        run = await CliRun.Of("check", At("b*"), "--quick");
        Assert.Contains("2 training images", run.Output, StringComparison.Ordinal);
        run = await CliRun.Of("info", At("*.sdad"));
        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
        run = await CliRun.Of("check", At("?"), "--quick");
        Assert.Equal(ExitCode.BadUsage, run.ExitCode);
        Assert.Contains("matches 2 paths", run.ErrorLine, StringComparison.Ordinal);
        run = await CliRun.Of("score", model, At("a/*.bmp"));
        Assert.Contains("Nothing matches", run.ErrorLine, StringComparison.Ordinal);
    }

    private void WriteWide(string name, int seed, int shift)
    {
        var generator = new SeededGenerator((ulong)seed);
        ushort[] samples =
        [
            .. Enumerable.Range(0, 64 * 48).Select(i =>
                (ushort)((300 + 100 * (i % 64 / 8 % 2) + generator.NextInt32(300)) << shift)),
        ];
        samples[0] = (ushort)(700 << shift);
        string path = _folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(
            path, new TestPng { Width = 64, Height = 48, Depth = 16, ColorType = 0, Samples = samples }.Encode());
    }
}
