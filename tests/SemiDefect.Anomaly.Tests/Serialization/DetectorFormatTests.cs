using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Serialization;

/// <summary>The format as docs/detector-file.md tells it, and the files of earlier versions.</summary>
public sealed class DetectorFormatTests : IDisposable
{
    private static readonly string Versions = Path.Combine(Repository.Root, "tests/Golden/detectors");

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> OldFiles { get; } = [.. Directory.GetFiles(Versions, "*.sdad").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_reads_as_the_document_says()
    {
        TinyDetector.Make(_folder.Path, _folder.File("a.sdad"));
        byte[] file = File.ReadAllBytes(_folder.File("a.sdad"));
        DetectorFileParts parts = DetectorFileParts.Parse(file);
        Assert.Equal(["backbone", "bank.0.vectors", "bank.0.images", "bank.0.patches"], parts.Sections.Take(4).Select(section => section.Name));
        Assert.All(parts.Sections.Skip(4), section => Assert.Matches("^golden\\.[0-9]+\\.(pixels|features|scores)$", section.Name));
        Assert.Equal(file, parts.Encode());

        using DetectorBundle bundle = DetectorFileReader.Read(_folder.File("a.sdad"));
        Assert.Equal(bundle.Banks[0].Vectors.RowBlock(0, 20), MemoryMarshal.Cast<byte, float>(parts.Section("bank.0.vectors").Content));
        Assert.Equal(bundle.Banks[0].SourceImages, MemoryMarshal.Cast<byte, int>(parts.Section("bank.0.images").Content));
        Assert.Equal(bundle.Banks[0].SourcePatches, MemoryMarshal.Cast<byte, int>(parts.Section("bank.0.patches").Content));
        Assert.Equal(bundle.Networks[0]!.Content.Span, parts.Section("backbone").Content);
        Assert.Equal(20, (int)parts.Header["banks"]![0]!["rows"]!);
        Assert.Equal(bundle.Document.Thresholds.Image.Value, (double)parts.Header["thresholds"]!["image"]!["value"]!);
        Assert.Equal(bundle.Document.Fit.Images, parts.Header["fit"]!["images"]!.AsArray().Select(image => (string)image!));
    }

    [Fact]
    public void A_file_written_by_the_document_is_read()
    {
        TinyDetector.Make(_folder.Path, _folder.File("a.sdad"));
        DetectorFileParts parts = DetectorFileParts.Parse(File.ReadAllBytes(_folder.File("a.sdad")));
        parts.Header["later"] = "something that only later programs know";
        parts.Sections.Add(new DetectorSection("later", [1, 2, 3]));
        parts.MendRecords();
        File.WriteAllBytes(_folder.File("b.sdad"), parts.Encode());
        using AnomalyDetector before = AnomalyDetector.Load(_folder.File("a.sdad"));
        using AnomalyDetector after = AnomalyDetector.Load(_folder.File("b.sdad"));
        Image picture = TinyDetector.Picture(_folder.Path);
        Assert.Equal(before.Inspect(picture).Score, after.Inspect(picture).Score);
    }

    [Fact]
    public void The_document_names_every_property_of_the_header()
    {
        TinyDetector.Make(_folder.Path, _folder.File("a.sdad"));
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs/detector-file.md"));
        foreach ((string name, JsonNode? value) in DetectorFileParts.Parse(File.ReadAllBytes(_folder.File("a.sdad"))).Header)
        {
            Assert.Contains($"| `{name}` |", document, StringComparison.Ordinal);
            foreach (string inner in name is "fit" or "sections" or "golden" || value is not JsonObject properties ? [] : properties.Select(property => property.Key))
            {
                Assert.Contains($"`{inner}`", document, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(OldFiles))]
    public void A_file_of_every_version_loads_and_scores_as_it_did(string name)
    {
        JsonNode expected = JsonNode.Parse(File.ReadAllText(Path.Combine(Versions, name + ".json")))!;
        byte[] file = File.ReadAllBytes(Path.Combine(Versions, name + ".sdad"));
        Assert.Equal((string)expected["sha256"]!, Convert.ToHexStringLower(SHA256.HashData(file)));
        using AnomalyDetector detector = AnomalyDetector.Load(Path.Combine(Versions, name + ".sdad"), new LoadOptions { Device = ExecutionDevice.Cpu });
        Inspection inspection = detector.Inspect(TinyDetector.Picture(_folder.Path));
        Assert.Equal((double)expected["score"]!, inspection.Score);
        Assert.Equal((double)expected["threshold"]!, inspection.Threshold);
        Assert.Equal((double)expected["pixelThreshold"]!, inspection.PixelThreshold);
        Assert.Equal((bool)expected["isAbnormal"]!, inspection.IsAbnormal);
        Assert.Equal((string)expected["nearestTrainingImage"]!, inspection.HighestPatch.TrainingImage);
        Assert.Equal((string)expected["mapSha256"]!, Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(inspection.InputMap.Values.AsSpan()))));
    }
}
