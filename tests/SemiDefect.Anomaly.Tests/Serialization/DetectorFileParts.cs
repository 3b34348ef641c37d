using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace SemiDefect.Anomaly.Tests.Serialization;

/// <summary>
/// A detector file of format 1 or 2, parsed and written according to docs/detector-file.md only; shares no code with
/// the reader.
/// </summary>
internal sealed class DetectorFileParts
{
    private const int PrefixLength = 64;
    private const int Alignment = 64;

    private DetectorFileParts(uint version, JsonObject header, List<DetectorSection> sections)
    {
        Version = version;
        Header = header;
        Sections = sections;
    }

    /// <summary>The version of the format: 1 or 2.</summary>
    public uint Version { get; set; }

    public JsonObject Header { get; }

    public List<DetectorSection> Sections { get; }

    /// <summary>The header's record of the first network.</summary>
    public JsonNode Backbone => Version == 1 ? Header["backbone"]! : Options("onnx-encoder")[0]["backbone"]!;

    /// <summary>The header's records of the banks.</summary>
    public IReadOnlyList<JsonNode> Banks =>
        Version == 1
            ? [.. Header["banks"]!.AsArray()!]
            : [.. Options("memory-bank").Select(options => options["bank"]!)];

    /// <summary>The first network.</summary>
    public DetectorSection Network =>
        Section(Version == 1 ? "backbone" : $"network.{(string)Backbone["sha256"]!}");

    public static DetectorFileParts Parse(byte[] file)
    {
        Assert.Equal("SDADFILE", Encoding.ASCII.GetString(file, 0, 8));
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(8));
        Assert.InRange(version, 1u, 2u);
        Assert.Equal(0u, BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(12)));
        int headerLength = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(16)));
        Assert.Equal((ulong)file.Length, BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(24)));
        byte[] header = file[PrefixLength..(PrefixLength + headerLength)];
        Assert.Equal(SHA256.HashData(header), file[32..64]);
        int dataStart = Align(PrefixLength + headerLength);
        var covered = new bool[file.Length];
        covered.AsSpan(0, PrefixLength + headerLength).Fill(true);

        JsonObject json = JsonNode.Parse(header)!.AsObject();
        var sections = new List<DetectorSection>();
        int end = 0;
        foreach (JsonNode? record in json["sections"]!.AsArray())
        {
            int offset = (int)record!["offset"]!;
            int length = (int)record["length"]!;
            Assert.Equal(Align(end), offset);
            byte[] content = file[(dataStart + offset)..(dataStart + offset + length)];
            Assert.Equal((string)record["sha256"]!, Convert.ToHexStringLower(SHA256.HashData(content)));
            covered.AsSpan(dataStart + offset, length).Fill(true);
            sections.Add(new DetectorSection((string)record["name"]!, content));
            end = offset + length;
        }

        Assert.Equal(file.Length, dataStart + Align(end));
        Assert.All(file.Zip(covered).Where(pair => !pair.Second), pair => Assert.Equal(0, pair.First));
        return new DetectorFileParts(version, json, sections);
    }

    public DetectorFileParts Clone() =>
        new(
            Version,
            Header.DeepClone().AsObject(),
            [.. Sections.Select(section => section with { Content = [.. section.Content] })]);

    public DetectorSection Section(string name) => Sections.Single(section => section.Name == name);

    /// <summary>The components of a kind in format 2, in order.</summary>
    public IReadOnlyList<JsonNode> Components(string kind) =>
        [.. Header["components"]!.AsArray().Where(component => (string)component!["kind"]! == kind)!];

    /// <summary>The options of the components of a kind in format 2, in order.</summary>
    public IReadOnlyList<JsonNode> Options(string kind) =>
        [.. Components(kind).Select(component => component["options"]!)];

    /// <summary>Replaces the bytes of the first network, wherever the file refers to them.</summary>
    public void ReplaceNetwork(byte[] network)
    {
        DetectorSection old = Network;
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(network));
        string name = Version == 1 ? old.Name : $"network.{sha256}";
        Sections[Sections.IndexOf(old)] = new DetectorSection(name, network);
        Backbone["sha256"] = sha256;
        if (Backbone["manifest"] is { } manifest)
        {
            manifest["sha256"] = sha256;
        }

        if (Version > 1)
        {
            Components("onnx-encoder")[0]["sections"] = new JsonArray(name);
        }
    }

    /// <summary>A detector of one lane in format 1, following the documented mapping between the formats.</summary>
    public DetectorFileParts ToFormat1()
    {
        JsonNode plan = Options("view-plan").Single();
        JsonNode encoder = Options("onnx-encoder").Single();
        IReadOnlyList<JsonNode> branches = Options("memory-bank");
        JsonNode thresholds = Options("thresholds").Single().DeepClone();
        thresholds.AsObject().Remove("check");
        thresholds["options"]!.AsObject().Remove("checkRate");
        if (branches.Count > 1)
        {
            thresholds["imageScores"] = thresholds["foldImageScores"]!.DeepClone();
            thresholds["pixelPeaks"] = thresholds["foldPixelPeaks"]!.DeepClone();
        }

        var header = new JsonObject
        {
            ["engine"] = Header["engine"]!.DeepClone(),
            ["backbone"] = encoder["backbone"]!.DeepClone(),
            ["preprocessing"] = plan["preprocessing"]!.DeepClone(),
            ["patches"] = encoder["patches"]!.DeepClone(),
            ["scoring"] = branches[0]["scoring"]!.DeepClone(),
            ["map"] = branches[0]["map"]!.DeepClone(),
            ["thresholds"] = thresholds,
            ["fit"] = Options("fit").Single().DeepClone(),
            ["banks"] = new JsonArray([.. branches.Select(branch => branch["bank"]!.DeepClone())]),
            ["golden"] = new JsonArray([.. Options("golden-image").Select(ToFormat1)]),
        };
        var older = new DetectorFileParts(
            1, header, [.. Sections.Select(section => section with { Name = NameInFormat1(section.Name) })]);
        older.MendRecords();
        return older;
    }

    /// <summary>Updates the section records to match the sections.</summary>
    public void MendRecords()
    {
        var records = new JsonArray();
        long offset = 0;
        foreach (DetectorSection section in Sections)
        {
            records.Add(new JsonObject
            {
                ["name"] = section.Name,
                ["offset"] = offset,
                ["length"] = section.Content.Length,
                ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(section.Content)),
            });
            offset = Align((int)offset + section.Content.Length);
        }

        Header["sections"] = records;
    }

    /// <summary>
    /// The file, with correct lengths and header checksum; the text of the header can be replaced.
    /// </summary>
    public byte[] Encode(byte[]? headerText = null)
    {
        byte[] header = headerText ?? Encoding.UTF8.GetBytes(Header.ToJsonString());
        using var file = new MemoryStream();
        file.SetLength(PrefixLength);
        file.Position = PrefixLength;
        file.Write(header);
        Pad(file);
        foreach (DetectorSection section in Sections)
        {
            file.Write(section.Content);
            Pad(file);
        }

        byte[] bytes = file.ToArray();
        "SDADFILE"u8.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), (ulong)header.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), (ulong)bytes.Length);
        SHA256.HashData(header).CopyTo(bytes, 32);
        return bytes;
    }

    private static JsonNode ToFormat1(JsonNode golden) => new JsonObject
    {
        ["image"] = golden["image"]!.DeepClone(),
        ["width"] = golden["lanes"]![0]!["width"]!.DeepClone(),
        ["height"] = golden["lanes"]![0]!["height"]!.DeepClone(),
        ["gridWidth"] = 8,
        ["gridHeight"] = 8,
        ["patches"] = golden["lanes"]![0]!["patches"]!.DeepClone(),
        ["score"] = golden["score"]!.DeepClone(),
        ["peak"] = golden["peak"]!.DeepClone(),
    };

    private static string NameInFormat1(string name) =>
        name.StartsWith("network.", StringComparison.Ordinal)
            ? "backbone"
            : name.Replace(".lane.0.", ".", StringComparison.Ordinal);

    private static int Align(int offset) => (offset + Alignment - 1) / Alignment * Alignment;

    private static void Pad(MemoryStream file)
    {
        while (file.Position % Alignment != 0)
        {
            file.WriteByte(0);
        }
    }
}
