using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Tests.Serialization;

/// <summary>The formats as docs/detector-file.md describes them.</summary>
public sealed class DetectorFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_reads_as_the_document_says()
    {
        byte[] file = MakeOfTwoLanes();
        DetectorFileParts parts = DetectorFileParts.Parse(file);
        Assert.Equal(2u, parts.Version);
        Assert.Equal(file, parts.Encode());
        using DetectorBundle bundle = DetectorFileReader.Read(_folder.File("two.sdad"));
        Assert.Equal(bundle.Document.Lanes.Count, parts.Components("view-plan").Count);
        for (int lane = 0; lane < 2; lane++)
        {
            JsonNode encoder = parts.Options("onnx-encoder")[lane];
            Assert.Equal(
                bundle.Networks[lane]!.Content.Span,
                parts.Section($"network.{encoder["backbone"]!["sha256"]}").Content);
            JsonNode plan = parts.Options("view-plan")[lane];
            Assert.Equal(bundle.Document.Lanes[lane].Views.Preprocessing.Size, (int)plan["preprocessing"]!["size"]!);
            byte[] mask = parts.Section($"mask.{plan["region"]!["maskSha256"]}").Content;
            Assert.Equal(20 * 12, mask.Length);
            Assert.Equal(20 * 2, mask.Count(value => value == 0));
            AssertBank(parts, bundle, lane);
            Assert.Equal(
                bundle.Document.Fusion.Scales[lane].Center,
                (double)parts.Options("fusion")[0]["scales"]![lane]!["center"]!);
        }

        Assert.Equal(
            bundle.Document.Thresholds.Image.Value, (double)parts.Options("thresholds").Single()["image"]!["value"]!);
        Assert.Equal(
            bundle.Document.Fit.Images,
            parts.Options("fit").Single()["images"]!.AsArray().Select(image => (string)image!));
        JsonNode thresholds = parts.Options("thresholds").Single();
        Assert.Equal(
            bundle.Document.Thresholds.BranchImageScores!,
            thresholds["branchImageScores"]!.AsArray().Select(
                image => (IReadOnlyList<double>)[.. image!.AsArray().Select(score => (double)score!)]));
        Assert.Equal(bundle.Document.Fit.Images.Count, thresholds["branchPixelPeaks"]!.AsArray().Count);
        AssertGolden(parts, bundle);
        AssertTrials(parts, bundle);
        AssertNames(parts, bundle);
    }

    [Fact]
    public void Every_section_belongs_to_the_components_that_the_document_names()
    {
        DetectorFileParts parts = DetectorFileParts.Parse(MakeOfTwoLanes());
        IEnumerable<string> listed = parts.Header["components"]!.AsArray()
            .SelectMany(component => component!["sections"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(
            parts.Sections.Select(section => section.Name).Order(StringComparer.Ordinal),
            listed.Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["bank.1.vectors", "bank.1.images", "bank.1.patches"], Names(parts.Components("memory-bank")[1]));
        Assert.Equal([$"network.{parts.Backbone["sha256"]}"], Names(parts.Components("onnx-encoder")[1]));
        Assert.Equal(5, Names(parts.Components("golden-image")[0]).Length);
    }

    [Fact]
    public void A_file_of_format_1_reads_as_the_document_says()
    {
        string path = Path.Combine(Repository.Root, "tests/Golden/detectors/version-1.sdad");
        byte[] file = File.ReadAllBytes(path);
        DetectorFileParts parts = DetectorFileParts.Parse(file);
        Assert.Equal(1u, parts.Version);
        Assert.Equal(
            ["backbone", "bank.0.vectors", "bank.0.images", "bank.0.patches"],
            parts.Sections.Select(section => section.Name));
        Assert.Equal(file, parts.Encode());
        using DetectorBundle bundle = DetectorFileReader.Read(path);
        AssertBank(parts, bundle, 0);
        Assert.Equal(bundle.Networks[0]!.Content.Span, parts.Section("backbone").Content);
        Assert.Equal(bundle.Document.Thresholds.Image.Value, (double)parts.Header["thresholds"]!["image"]!["value"]!);
        Assert.Equal(
            bundle.Document.Fit.Images, parts.Header["fit"]!["images"]!.AsArray().Select(image => (string)image!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_written_in_format_1_by_the_document_is_the_same_detector(bool foldBanks)
    {
        TinyDetector.Make(
            _folder.Path, _folder.File("a.sdad"), change: options => options with { FoldBanks = foldBanks });
        DetectorFileParts parts = DetectorFileParts.Parse(File.ReadAllBytes(_folder.File("a.sdad"))).ToFormat1();
        File.WriteAllBytes(_folder.File("b.sdad"), parts.Encode());
        using AnomalyDetector before = AnomalyDetector.Load(_folder.File("a.sdad"));
        using AnomalyDetector after = AnomalyDetector.Load(_folder.File("b.sdad"));
        Assert.Equal(foldBanks ? 5 : 1, after.Document.Branches.Count);
        Assert.Equal(before.Document.Branches, after.Document.Branches);
        Assert.Equal(before.Document.Fusion, after.Document.Fusion);
        Assert.Equal(before.Fingerprint.Bank, after.Fingerprint.Bank);
        Assert.Equal(before.Fingerprint.Options, after.Fingerprint.Options);
        Image picture = TinyDetector.Picture(_folder.Path);
        Assert.Equal(before.Inspect(picture).Score, after.Inspect(picture).Score);
        Assert.Equal(before.Inspect(picture).InputMap.Values, after.Inspect(picture).InputMap.Values);
        Assert.True(after.Verify().IsIdentical);
    }

    [Fact]
    public void A_file_written_by_the_document_is_read()
    {
        DetectorFileParts parts = DetectorFileParts.Parse(MakeOfTwoLanes());
        parts.Header["later"] = "something that only later programs know";
        parts.Options("view-plan")[0]["later"] = 1;
        parts.Sections.Add(new DetectorSection("later", [1, 2, 3]));
        parts.MendRecords();
        File.WriteAllBytes(_folder.File("b.sdad"), parts.Encode());
        using AnomalyDetector before = AnomalyDetector.Load(_folder.File("two.sdad"));
        using AnomalyDetector after = AnomalyDetector.Load(_folder.File("b.sdad"));
        Image picture = TinyDetector.SmallPicture(_folder.Path);
        Assert.Equal(before.Inspect(picture).Score, after.Inspect(picture).Score);
    }

    [Fact]
    public void A_component_of_an_unknown_kind_is_refused_by_name()
    {
        DetectorFileParts parts = DetectorFileParts.Parse(MakeOfTwoLanes());
        parts.Components("memory-bank")[1]["kind"] = "principal-subspace";
        Assert.Contains("'principal-subspace'", Refusal(parts), StringComparison.Ordinal);
    }

    [Fact]
    public void A_component_of_a_newer_version_is_refused_by_kind_and_version()
    {
        DetectorFileParts parts = DetectorFileParts.Parse(MakeOfTwoLanes());
        parts.Components("view-plan")[0]["version"] = 3;
        Assert.Contains("'view-plan' of version 3", Refusal(parts), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_a_newer_version_is_refused_by_its_version()
    {
        DetectorFileParts parts = DetectorFileParts.Parse(MakeOfTwoLanes());
        parts.Version = 3;
        Assert.Contains("of version 3;", Refusal(parts), StringComparison.Ordinal);
    }

    [Fact]
    public void A_component_that_lists_a_missing_section_is_refused()
    {
        DetectorFileParts parts = DetectorFileParts.Parse(MakeOfTwoLanes());
        parts.Components("fusion")[0]["sections"] = new JsonArray("weights");
        Assert.Contains("'weights' is missing", Refusal(parts), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tuning", "chosen", "2")]
    [InlineData("tuning", "chosen", "-1")]
    [InlineData("tuning", "learned", "0")]
    [InlineData("tuning", "sizes", "[]")]
    [InlineData("tuning", "sizes", "[4, 8, 12]")]
    [InlineData("tuning", "candidates", "[]")]
    [InlineData("tuning", "candidates", "[null, null]")]
    [InlineData("planted-defects", "defects", "[]")]
    [InlineData("planted-defects", "defects", "[null]")]
    [InlineData(
        "planted-defects",
        "defects",
        """[{ "image": 5, "kind": "spot", "step": 0, "size": 4, "score": 1, "isLocated": true }]""")]
    [InlineData(
        "planted-defects",
        "defects",
        """[{ "image": 0, "kind": "a\nb", "step": 0, "size": 4, "score": 1, "isLocated": true }]""")]
    public void Trials_that_cannot_be_are_refused(string kind, string option, string value)
    {
        DetectorFileParts parts = DetectorFileParts.Parse(MakeOfTwoLanes());
        parts.Options(kind).Single()[option] = JsonNode.Parse(value);
        Assert.Contains("that cannot be", Refusal(parts), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("types", "[]")]
    [InlineData("types", "[null]")]
    [InlineData("types", """[{ "name": "unknown", "defects": 1, "right": 0, "unusual": [] }]""")]
    [InlineData("types", """[{ "name": "a\nb", "defects": 1, "right": 0, "unusual": [] }]""")]
    [InlineData("types", """[{ "name": "a", "defects": 0, "right": 0, "unusual": [] }]""")]
    [InlineData("types", """[{ "name": "a", "defects": 1, "right": 2, "unusual": [] }]""")]
    [InlineData("dimension", "0")]
    [InlineData("dimension", "70000")]
    [InlineData("unknownRate", "0")]
    [InlineData("unknownRate", "0.51")]
    [InlineData("views", "-1")]
    public void Names_that_cannot_be_are_refused(string option, string value)
    {
        DetectorFileParts parts = DetectorFileParts.Parse(MakeOfTwoLanes());
        parts.Options("defect-names").Single()[option] = JsonNode.Parse(value);
        Assert.Contains("names of defects that cannot be", Refusal(parts), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dimension", "7")]
    [InlineData("hasBoxes", null)]
    [InlineData("sha256", "\"0\"")]
    public void Names_must_be_those_that_the_header_names(string option, string? value)
    {
        DetectorFileParts parts = DetectorFileParts.Parse(MakeOfTwoLanes());
        JsonNode names = parts.Options("defect-names").Single();
        names[option] = value is null ? !(bool)names[option]! : JsonNode.Parse(value);
        Assert.Contains("the names of defects are not those", Refusal(parts), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void More_planted_defects_than_a_fit_can_hold_are_refused()
    {
        DetectorFileParts parts = DetectorFileParts.Parse(MakeOfTwoLanes());
        JsonNode options = parts.Options("planted-defects").Single();
        string defect = options["defects"]![0]!.ToJsonString();
        options["defects"] = JsonNode.Parse($"[{string.Join(',', Enumerable.Repeat(defect, 100_001))}]");
        Assert.Contains("planted defects that cannot be", Refusal(parts), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_must_be_the_one_that_the_header_names()
    {
        DetectorFileParts parts = DetectorFileParts.Parse(MakeOfTwoLanes());
        int index = parts.Sections.FindIndex(section => section.Name.StartsWith("mask.", StringComparison.Ordinal));
        parts.Sections[index].Content.AsSpan().Fill(1);
        parts.MendRecords();
        Assert.Contains("its mask is not the one", Refusal(parts), StringComparison.Ordinal);
    }

    [Fact]
    public void The_document_names_every_property_of_the_header()
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs/detector-file.md"));
        DetectorFileParts parts = DetectorFileParts.Parse(MakeOfTwoLanes());
        foreach (JsonNode? component in parts.Header["components"]!.AsArray())
        {
            bool hasVersions = (string)component!["kind"]! is "thresholds" or "view-plan" or "fusion" or "whitening"
                or "defect-names";
            Assert.Contains(
                $"\n| `{component["kind"]}` | {(hasVersions ? "1, 2" : "1")} |", document, StringComparison.Ordinal);
            Assert.InRange((int)component["version"]!, 1, hasVersions ? 2 : 1);
        }

        TinyDetector.Make(_folder.Path, _folder.File("one.sdad"));
        JsonObject older = DetectorFileParts.Parse(File.ReadAllBytes(_folder.File("one.sdad"))).ToFormat1().Header;
        foreach (string name in Properties(parts.Header).Concat(Properties(older)).Distinct())
        {
            Assert.Contains($"`{name}`", document, StringComparison.Ordinal);
        }
    }

    private static string[] Names(JsonNode component) =>
        [.. component["sections"]!.AsArray().Select(name => (string)name!)];

    private static IEnumerable<string> Properties(JsonNode? node) => node switch
    {
        JsonObject properties => properties.SelectMany(property => Properties(property.Value).Prepend(property.Key)),
        JsonArray items => items.SelectMany(Properties),
        _ => [],
    };

    private static void AssertBank(DetectorFileParts parts, DetectorBundle bundle, int index)
    {
        Assert.Equal(20, (int)parts.Banks[index]["rows"]!);
        ReadOnlySpan<float> vectors = bundle.Banks[index].Vectors.RowBlock(0, 20);
        Assert.Equal(vectors, MemoryMarshal.Cast<byte, float>(parts.Section($"bank.{index}.vectors").Content));
        ReadOnlySpan<byte> images = parts.Section($"bank.{index}.images").Content;
        Assert.Equal(bundle.Banks[index].SourceImages, MemoryMarshal.Cast<byte, int>(images));
        ReadOnlySpan<byte> patches = parts.Section($"bank.{index}.patches").Content;
        Assert.Equal(bundle.Banks[index].SourcePatches, MemoryMarshal.Cast<byte, int>(patches));
    }

    private static void AssertGolden(DetectorFileParts parts, DetectorBundle bundle)
    {
        GoldenInput golden = bundle.Golden[0];
        JsonNode record = parts.Options("golden-image")[0];
        Assert.Equal(golden.Record.Score, (double)record["score"]!);
        for (int lane = 0; lane < 2; lane++)
        {
            Assert.Equal(golden.Record.Lanes[lane].Width, (int)record["lanes"]![lane]!["width"]!);
            Assert.Equal(golden.Pixels[lane], parts.Section($"golden.0.lane.{lane}.pixels").Content);
            ReadOnlySpan<byte> features = parts.Section($"golden.0.lane.{lane}.features").Content;
            Assert.Equal(golden.Features[lane], MemoryMarshal.Cast<byte, float>(features));
        }

        Assert.Equal(golden.PatchScores, MemoryMarshal.Cast<byte, double>(parts.Section("golden.0.scores").Content));
    }

    private static void AssertTrials(DetectorFileParts parts, DetectorBundle bundle)
    {
        JsonNode tuning = parts.Options("tuning").Single();
        TuningCandidate chosen = bundle.Document.Tuning!.Candidates[(int)tuning["chosen"]!];
        JsonNode candidate = tuning["candidates"]![(int)tuning["chosen"]!]!;
        Assert.Equal("tiny", (string)candidate["networks"]!.AsArray().Single()!);
        Assert.Equal(chosen.Scales.Single(), (int)candidate["scales"]!.AsArray().Single()!);
        Assert.Equal(chosen.Found.Found, (int)candidate["found"]!["found"]!);
        Assert.Equal(chosen.Found.Trials, (int)candidate["byKind"]!.AsArray().Single()!["share"]!["trials"]!);
        Assert.Equal(tuning["sizes"]!.AsArray().Count, candidate["bySize"]!.AsArray().Count);
        Assert.Equal(chosen.ChanceOfNone, (double)candidate["chanceOfNone"]!);
        JsonArray planted = parts.Options("planted-defects").Single()["defects"]!.AsArray();
        Assert.Equal(
            bundle.Document.Planted!.Defects.Select(defect => (defect.Image, defect.Score, defect.IsLocated)),
            planted.Select(defect =>
                ((int)defect!["image"]!, (double)defect["score"]!, (bool)defect["isLocated"]!)));
        Assert.All(planted, defect => Assert.Equal("spot", (string)defect!["kind"]!));
    }

    private static void AssertNames(DetectorFileParts parts, DetectorBundle bundle)
    {
        JsonNode names = parts.Options("defect-names").Single();
        double[] weights = MemoryMarshal.Cast<byte, double>(parts.Section("names.weights").Content).ToArray();
        Assert.Equal(bundle.Document.Names!.Weights, weights);
        int dimension = (int)names["dimension"]!;
        int rows = names["types"]!.AsArray().Count + ((bool)names["hasBoxes"]! ? 4 : 0);
        Assert.Equal(2 * dimension + rows * (dimension + 1), weights.Length);
        Assert.Equal(["dent", "scratch"], names["types"]!.AsArray().Select(type => (string)type!["name"]!));
        Assert.Equal("Linear", (string)names["method"]!);

        // By the document: three blocks for each lane, the figures and the profile.
        IEnumerable<int> columns = parts.Banks.Select(bank => (int)bank["columns"]!);
        Assert.Equal(columns.Sum(one => 2 * Math.Min(one, 256) + 2 * Math.Min(one, 32)) + 14 + 64, dimension);
    }

    private byte[] MakeOfTwoLanes()
    {
        TinyDetector.MakeOfTwoLanes(_folder.Path, _folder.File("two.sdad"));
        return File.ReadAllBytes(_folder.File("two.sdad"));
    }

    private string Refusal(DetectorFileParts parts)
    {
        string path = _folder.File("refused.sdad");
        File.WriteAllBytes(path, parts.Encode());
        return Assert.Throws<DetectorFileException>(() => AnomalyDetector.Load(path)).Message;
    }
}
