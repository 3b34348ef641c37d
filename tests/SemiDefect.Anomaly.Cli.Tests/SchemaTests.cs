using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

public sealed class SchemaTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HashSet<string> _used = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Every_document_matches_its_schema_and_every_schema_is_used()
    {
        string tiny = TinyNetwork.Write(_folder.File("network"));
        string data = SmallDataset.Write(_folder.File("data"));
        string good = Path.Combine(data, "train/good");
        string[] fit = ["--backbone", tiny, "--resize", "32", "--coreset", "0.05"];
        string model = _folder.File("a.sdad");

        await ValidAsync("detector", 0, ["fit", good, "--out", model, .. fit]);
        await ValidAsync("detector", 0, "info", model);
        string more = SyntheticParts.WriteGood(_folder.File("more"), 3, first: 200, across: true);
        string other = _folder.File("b.sdad");
        await ValidAsync("detector", 0, "update", model, more, "--out", other, "--known", good);
        await ValidAsync("detector", 0, "merge", model, other, "--out", _folder.File("c.sdad"));
        string seed = _folder.File("seed.sdad");
        await ValidAsync(
            "detector",
            0,
            ["fit", good, "--out", seed, "--preset", "seed", "--folds", "2", .. fit, "--crop", "none"]);
        string lanes = _folder.File("lanes.sdad");
        await ValidAsync(
            "detector", 0, ["fit", good, "--out", lanes, .. fit, "--scales", "16,32", "--roi", "4,0,88,60"]);
        await ValidAsync(
            "detector",
            0,
            ["fit", good, "--out", _folder.File("tuned.sdad"), .. fit, "--tune", "quick", "--planted", "36"]);
        await ValidAsync("detector", 0, "info", _folder.File("tuned.sdad"));
        await ValidAsync(
            "detector",
            0,
            [
                "fit", good, "--out", _folder.File("int8.sdad"), "--resize", "64", "--coreset", "50",
                "--precision", "int8", "--planted", "36",
            ]);
        await ValidAsync(
            "detector", 0, ["fit", good, "--out", _folder.File("pca.sdad"), .. fit, "--projection", "pca:2"]);
        await ValidAsync("threshold", 0, "threshold", _folder.File("tuned.sdad"), "--false-alarm-rate", "0.05");
        await ValidAsync("threshold", 0, "threshold", _folder.File("tuned.sdad"), "--value", "1.5");
        await ValidAsync(
            "select", 0, "select", good, "--latency", "600s", "--resize", "32", "--coreset", "0.05");
        await ValidAsync("detector", 0, "info", Path.Combine(Repository.Root, "tests/Golden/detectors/version-1.sdad"));
        await ValidAsync("score", 0, "score", lanes, Path.Combine(data, "test/blot"));
        File.WriteAllText(Path.Combine(data, "test/good/broken.png"), "no picture");
        await ValidAsync("score", 3, "score", model, Path.Combine(data, "test"));
        await ValidAsync("score", 0, "score", seed, Path.Combine(data, "test/blot"), "--threshold", "0.5");
        File.Delete(Path.Combine(data, "test/good/broken.png"));
        await ValidAsync(
            "threshold", 0, "threshold", model, "--false-alarm-rate", "0.02", "--out", _folder.File("t.sdad"));
        await ValidAsync("threshold", 0, "threshold", model, "--value", "2", "--out", _folder.File("t.sdad"));
        await ValidAsync("evaluation", 0, "evaluate", data, "--model", model, "--resamples", "20");
        string taught = _folder.File("taught.sdad");
        await ValidAsync("teach", 0, "teach", model, data, "--out", taught);
        await ValidAsync("detector", 0, "info", taught);
        await ValidAsync("score", 0, "score", taught, Path.Combine(data, "test/blot"));
        await ValidAsync("evaluation", 0, "evaluate", data, "--model", taught, "--resamples", "20");
        await ValidAsync("evaluations", 0, "evaluate", data, data, "--model", taught, "--resamples", "20");
        await ValidAsync("teach", 0, "teach", taught, "--forget");
        string maskless = SmallDataset.Write(_folder.File("maskless"), masks: false);
        await ValidAsync("evaluation", 0, ["evaluate", maskless, "--resamples", "20", .. fit]);
        await ValidAsync("evaluations", 0, "evaluate", data, maskless, "--model", model, "--resamples", "20");
        await ValidAsync("check", 5, "check", data, "--quick");
        await ValidAsync("check", 5, "check", good, "--quick");
        await ValidAsync(
            "rehearsal",
            0,
            "rehearse",
            model,
            Path.Combine(data, "test/good"),
            "--sizes",
            "6,12",
            "--contrasts",
            "0.6",
            "--images",
            "2");
        await ValidAsync("backbones", 0, "backbones");
        await ValidAsync("backbone-check", 0, "backbone", "verify", tiny);
        await ValidAsync("backbone-check", 1, "backbone", "verify", good);
        await ValidAsync(
            "backbone-manifest", 0, "backbone", "import", tiny, "--taps", "output", "--out", _folder.File("cut.onnx"));
        await ValidAsync(
            "backbone-manifest",
            0,
            "backbone",
            "quantize",
            BackboneFile.DefaultName,
            good,
            "--out",
            _folder.File("quantized.onnx"),
            "--resize",
            "64");
        await ValidAsync("fingerprint-detector", 0, "fingerprint", model);
        await ValidAsync("fingerprint-dataset", 0, "fingerprint", good);
        await ValidAsync("verification", 0, "verify", model);
        await ValidAsync("doctor", 0, "doctor");
        Assert.Equal(0, (await CliRun.Of(["features", good, "--out", _folder.File("f.npy"), .. fit[..4]])).ExitCode);
        await ValidAsync("search-timing", 0, "bench", "--search", _folder.File("f.npy"), _folder.File("f.npy"));
        await ValidAsync("coreset-timing", 0, "bench", "--coreset", _folder.File("f.npy"), "0.01");
        await ValidAsync("inspection-timing", 0, "bench", model, "--images", Path.Combine(data, "test/good"));
        await ValidAsync("inspection-timing", 0, "bench", "--synthetic", "--count", "4");

        // They come from a fleet, whose tests need a NATS server.
        Valid("fleet-score", FleetDocuments.Score());
        Valid("fleet-status", FleetDocuments.Status());

        string[] all =
        [
            .. Directory.GetFiles(Path.Combine(Repository.Root, "docs/schemas"))
                .Select(path => Path.GetFileName(path).Replace(".schema.json", "", StringComparison.Ordinal))
        ];
        Assert.Equal(all.Order(StringComparer.Ordinal), _used.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_schema_rejects_invalid_documents()
    {
        JsonSchema schema = Open("fingerprint-dataset");
        string right = $$"""{"schema":1,"kind":"dataset","dataset":"a","sha256":"{{new string('0', 64)}}","""
            + """
            "short_form":"0000 0000 0000 0000","images":1,"bytes":2}
            """;
        Assert.Empty(schema.Validate(right));
        foreach ((string from, string to) in ((string, string)[])
            [
                ("\"schema\":1", "\"schema\":2"),
                ("\"images\":1", "\"images\":0"),
                ("\"images\":1", "\"images\":1.5"),
                ("\"images\":1", "\"images\":\"1\""),
                ("\"images\":1", "\"pictures\":1"),
                ("\"bytes\":2", "\"bytes\":2,\"more\":3"),
                ("\"bytes\":2", "\"bytes\":null"),
                ("0000000\"", "000000g\""),
            ])
        {
            Assert.NotEmpty(schema.Validate(right.Replace(from, to, StringComparison.Ordinal)));
        }
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task The_columns_of_results_match_the_documentation()
    {
        string data = SmallDataset.Write(_folder.File("data"));
        string[] fit =
            ["--backbone", TinyNetwork.Write(_folder.File("network")), "--resize", "32", "--coreset", "0.05"];
        Assert.Equal(
            0,
            (await CliRun.Of(["evaluate", data, "--out", _folder.File("out"), "--resamples", "20", .. fit])).ExitCode);
        Assert.Equal(
            0,
            (
                await CliRun.Of(
                    "score",
                    _folder.File("out/model.sdad"),
                    Path.Combine(data, "test"),
                    "--out",
                    _folder.File("scores.csv"))).ExitCode);
        string documentation = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/results.md"));
        foreach (string file in (string[])["scores.csv", "out/results.csv"])
        {
            string header = (await File.ReadAllLinesAsync(_folder.File(file)))[0];
            Assert.Contains($"\n    {header}\n", documentation, StringComparison.Ordinal);
            Assert.All(
                header.Split(','),
                column => Assert.Contains($"\n| `{column}` |", documentation, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_JSON_documentation_matches_the_schemas()
    {
        const string Mark = "<!-- From here on written from docs/schemas by the tests. -->\n";
        string path = "docs/results.md";
        string written = File.ReadAllText(Path.Combine(Repository.Root, path));
        Assert.Contains(Mark, written, StringComparison.Ordinal);
        string[] schemas =
            [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs/schemas")).Order(StringComparer.Ordinal)];
        Baseline.Check(path, written.Split(Mark)[0] + Mark + SchemaDocumentation.Of(schemas));
    }

    private async Task ValidAsync(string name, int exitCode, params string[] args)
    {
        CliRun run = await CliRun.Of([.. args, "--json"]);
        Assert.True(exitCode == run.ExitCode, $"{args[0]}: {run.ExitCode} {run.Error}");
        Valid(name, run.Output);
    }

    private void Valid(string name, string document)
    {
        _used.Add(name);
        IReadOnlyList<string> errors = Open(name).Validate(document);
        Assert.True(errors.Count == 0, $"{name}: {string.Join("; ", errors)}\n{document}");
    }

    private static JsonSchema Open(string name) =>
        new(File.ReadAllText(Path.Combine(Repository.Root, $"docs/schemas/{name}.schema.json")));
}
