using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace SemiDefect.Anomaly.Tests.Serialization;

/// <summary>A detector file taken apart and put together by docs/detector-file.md alone; shares no code with the reader.</summary>
internal sealed class DetectorFileParts
{
    private const int PrefixLength = 64;
    private const int Alignment = 64;

    private DetectorFileParts(JsonObject header, List<DetectorSection> sections)
    {
        Header = header;
        Sections = sections;
    }

    public JsonObject Header { get; }

    public List<DetectorSection> Sections { get; }

    public static DetectorFileParts Parse(byte[] file)
    {
        Assert.Equal("SDADFILE", Encoding.ASCII.GetString(file, 0, 8));
        Assert.Equal(1u, BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(8)));
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
        return new DetectorFileParts(json, sections);
    }

    public DetectorFileParts Clone() =>
        new(Header.DeepClone().AsObject(), [.. Sections.Select(section => section with { Content = [.. section.Content] })]);

    public DetectorSection Section(string name) => Sections.Single(section => section.Name == name);

    /// <summary>Sets the section records right for the sections as they are now.</summary>
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

    /// <summary>The file, with all lengths and the header's checksum right; the header's text may be given instead.</summary>
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
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), (ulong)header.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), (ulong)bytes.Length);
        SHA256.HashData(header).CopyTo(bytes, 32);
        return bytes;
    }

    private static int Align(int offset) => (offset + Alignment - 1) / Alignment * Alignment;

    private static void Pad(MemoryStream file)
    {
        while (file.Position % Alignment != 0)
        {
            file.WriteByte(0);
        }
    }
}
