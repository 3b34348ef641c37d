using System.Text;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

/// <summary>Commands on DICOM files: windows, and that nothing of a patient leaves them.</summary>
[Trait("Speed", "Slow")]
public sealed class DicomCommandTests : IDisposable
{
    private const int Side = 64;

    private readonly TemporaryFolder _folder = new();
    private readonly string[] _small;

    public DicomCommandTests() =>
        _small = ["--backbone", TinyNetwork.Write(_folder.File("network")), "--resize", "32", "--coreset", "0.05"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_window_is_said_stored_and_applied()
    {
        string model = _folder.File("m.sdad");
        WriteSeries();
        CliRun fit = await CliRun.Of(
            ["fit", _folder.File("good"), "--out", model, "--window", "900:2000", .. _small]);
        Assert.Equal((ExitCode.Done, ""), (fit.ExitCode, fit.Error));
        Assert.Contains(", window 900 to 2000 as black and white\n", fit.Output, StringComparison.Ordinal);
        JsonNode info = JsonNode.Parse((await CliRun.Of("info", model, "--json")).Output)!;
        Assert.Equal(
            "{\"kind\":\"window\",\"low\":900,\"high\":2000}", info["intensity"]!.ToJsonString());

        fit = await CliRun.Of(["fit", _folder.File("good"), "--out", model, "--window", "file", .. _small]);
        Assert.Contains("without a window of its own", fit.ErrorLine, StringComparison.Ordinal);
        fit = await CliRun.Of(
            ["fit", _folder.File("good"), "--out", model, "--window-percentiles", "1:99", .. _small]);
        Assert.Contains(", percentiles 1 to 99 as black and white\n", fit.Output, StringComparison.Ordinal);
        foreach (string[] wrong in new[]
        {
            new[] { "--window", "5" }, ["--window", "9:1"], ["--window", "a:b"], ["--window-percentiles", "0:101"],
            ["--window", "1:9", "--window-percentiles", "1:9"], ["--window", "1:9", "--bit-depth", "12"],
        })
        {
            fit = await CliRun.Of(["fit", _folder.File("good"), "--out", model, .. wrong, .. _small]);
            Assert.Equal(ExitCode.BadUsage, fit.ExitCode);
        }
    }

    [Fact]
    public async Task Nothing_of_a_patient_is_in_any_output()
    {
        string model = _folder.File("out/m.sdad");
        WriteSeries();
        var runs = new List<CliRun>
        {
            await CliRun.Of("check", _folder.File("good"), "--quick"),
            await CliRun.Of(["fit", _folder.File("good"), "--out", model, .. _small]),
            await CliRun.Of("info", model, "--json"),
            await CliRun.Of(
                "score", model, _folder.File("good"), "--out", _folder.File("out/r.csv"), "--heatmaps",
                _folder.File("out/h"), "--masks", _folder.File("out/k"), "--raw", _folder.File("out/w"), "--report",
                _folder.File("out/r.html")),
            await CliRun.Of("score", model, _folder.File("good"), "--json"),
            await CliRun.Of(
                "rehearse", model, _folder.File("good"), "--images", "1", "--sizes", "8", "--contrasts", "1"),
        };
        await File.WriteAllBytesAsync(
            _folder.File("damaged.dcm"), new TestDicom { PixelLength = 1_000_000 }.Encode());
        CliRun damaged = await CliRun.Of("score", model, _folder.File("damaged.dcm"));
        Assert.Equal(ExitCode.SomeUnreadable, damaged.ExitCode);

        // The check says that five images are few.
        Assert.All(runs[1..], run => Assert.Equal(ExitCode.Done, run.ExitCode));
        string[] files = Directory.GetFiles(_folder.File("out"), "*", SearchOption.AllDirectories);
        Assert.InRange(files.Length, 15, 100);
        IEnumerable<string> texts =
        [
            .. runs.Append(damaged).SelectMany(run => (string[])[run.Output, run.Error]),
            .. files.Select(path => Encoding.Latin1.GetString(File.ReadAllBytes(path))),
        ];
        Assert.All(texts, text =>
        {
            Assert.DoesNotContain("Geheim", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("SECRET-4711", text, StringComparison.OrdinalIgnoreCase);
        });
    }

    private void WriteSeries()
    {
        Directory.CreateDirectory(_folder.File("good"));
        Directory.CreateDirectory(_folder.File("out"));
        for (int i = 0; i < 5; i++)
        {
            var generator = new SeededGenerator((ulong)i);
            File.WriteAllBytes(_folder.File($"good/{i}.dcm"), new TestDicom
            {
                Rows = Side,
                Columns = Side,
                Samples =
                [
                    .. Enumerable.Range(0, Side * Side)
                        .Select(k => (ushort)(1000 + 400 * (k / 8 % 2) + generator.NextInt32(200))),
                ],
            }.Encode());
        }
    }
}
