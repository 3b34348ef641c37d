using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Tests.Serialization;

/// <summary>
/// Changes a detector file in many ways, accidental and hostile. In half of the changed files, checksums and lengths
/// are repaired, so that the change reaches the code behind these checks.
/// </summary>
internal sealed class DetectorMutator(byte[] original, SeededGenerator generator)
{
    private static readonly float[] Values =
    [
        float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, -1e20f, 1e16f, -1e15f,
        float.Epsilon, -0.0f, 1e-30f,
    ];

    private readonly JsonMutator _json = new(generator);
    private readonly DetectorFileParts _parts = DetectorFileParts.Parse(original);

    /// <summary>A changed file and its expected outcome.</summary>
    public DetectorMutation Next() => generator.NextInt32(2) == 0 ? Raw() : Mended();

    /// <summary>A file with a damaged network and correct checksums.</summary>
    public DetectorMutation NextNetwork() => DamageNetwork(_parts.Clone());

    private DetectorMutation Raw()
    {
        byte[] bytes = [.. original];
        int at = generator.NextInt32(bytes.Length);
        int length = 1 + generator.NextInt32(Math.Min(100, bytes.Length - at));
        string kind;
        switch (generator.NextInt32(9))
        {
            case 0 or 1:
                kind = "flipped bit";
                bytes[at] ^= (byte)(1 << generator.NextInt32(8));
                break;
            case 2:
                kind = "overwritten bytes";
                for (int i = at; i < at + length; i++)
                {
                    bytes[i] = (byte)generator.NextInt32(256);
                }

                break;
            case 3:
                kind = "truncation";
                bytes = bytes[..at];
                break;
            case 4:
                kind = "extension";
                bytes = [.. bytes, .. new byte[length]];
                break;
            case 5:
                kind = "bytes lost";
                bytes = [.. bytes[..at], .. bytes[(at + length)..]];
                break;
            case 6:
                kind = "bytes repeated";
                bytes = [.. bytes[..(at + length)], .. bytes[at..]];
                break;
            case 7:
                kind = "blocks exchanged";
                int first = generator.NextInt32(bytes.Length / 64) * 64;
                int second = generator.NextInt32(bytes.Length / 64) * 64;
                original.AsSpan(first, 64).CopyTo(bytes.AsSpan(second));
                original.AsSpan(second, 64).CopyTo(bytes.AsSpan(first));
                break;
            default:
                kind = "absurd length or version";
                Span<byte> field = bytes.AsSpan(8 * (1 + generator.NextInt32(3)));
                BinaryPrimitives.WriteInt64LittleEndian(field, _json.Extreme());
                break;
        }

        bool isSame = bytes.AsSpan().SequenceEqual(original);
        return new DetectorMutation(kind, bytes, isSame ? MutationEnd.WorksAsBefore : MutationEnd.Refused);
    }

    private DetectorMutation Mended()
    {
        DetectorFileParts parts = _parts.Clone();
        switch (generator.NextInt32(parts.Version == 1 ? 14 : 15))
        {
            case 0 or 1 or 2:
                _json.Replace(parts.Header);
                return Either("header value", parts.Encode());
            case 3:
                _json.Remove(parts.Header);
                return Either("header property removed", parts.Encode());
            case 4:
                return Either(
                    "header text", parts.Encode(_json.Damage(Encoding.UTF8.GetBytes(parts.Header.ToJsonString()))));
            case 5:
                return new DetectorMutation("property twice", parts.Encode(RepeatProperty(parts)), MutationEnd.Refused);
            case 6:
                DamageRecord(parts.Header["sections"]!.AsArray());
                return Either("section record", parts.Encode());
            case 7:
                return DamageSections(parts);
            case 8:
                return DamageVectors(parts);
            case 9:
                return DamageSources(parts);
            case 10:
                return DamageNetwork(parts);
            case 11:
                int depth = 1 + generator.NextInt32(20_000);
                string nested = parts.Header.ToJsonString();
                string arrays = new string('[', depth) + new string(']', depth);
                return new DetectorMutation(
                    "deep JSON",
                    parts.Encode(Encoding.UTF8.GetBytes($"{{\"later\":{arrays},{nested[1..]}")),
                    depth > 63 ? MutationEnd.Refused : MutationEnd.WorksAsBefore);
            case 12:
                return DamageBanks(parts);
            case 14:
                return DamageComponent(parts);
            default:
                return Harmless(parts);
        }
    }

    private static DetectorMutation Either(string kind, byte[] bytes) => new(kind, bytes, MutationEnd.Either);

    // At the top level, or in a nested object.
    private byte[] RepeatProperty(DetectorFileParts parts)
    {
        string text = parts.Header.ToJsonString();
        return Encoding.UTF8.GetBytes(generator.NextInt32(2) == 0
            ? $"{{\"engine\":\"0\",{text[1..]}"
            : text.Replace("\"preprocessing\":{", "\"preprocessing\":{\"size\":8,", StringComparison.Ordinal));
    }

    private DetectorMutation DamageComponent(DetectorFileParts parts)
    {
        JsonArray components = parts.Header["components"]!.AsArray();
        JsonNode component = components[generator.NextInt32(components.Count)]!;
        switch (generator.NextInt32(4))
        {
            case 0:
                component["kind"] = "principal-subspace";
                break;
            case 1:
                component["version"] = 9;
                break;
            case 2:
                component["sections"] = new JsonArray("none");
                break;
            default:
                components.Add(parts.Components("fusion")[0].DeepClone());
                break;
        }

        return new DetectorMutation("component", parts.Encode(), MutationEnd.Refused);
    }

    private void DamageRecord(JsonArray records)
    {
        JsonNode record = records[generator.NextInt32(records.Count)]!;
        switch (generator.NextInt32(4))
        {
            case 0:
                record["offset"] = generator.NextInt32(2) == 0 ? _json.Extreme() : (long)record["offset"]! + 64;
                break;
            case 1:
                record["length"] = generator.NextInt32(2) == 0
                    ? _json.Extreme()
                    : (long)record["length"]! + 1 - generator.NextInt32(3);
                break;
            case 2:
                record["sha256"] = new string('0', 64);
                break;
            default:
                record["name"] = (string)records[generator.NextInt32(records.Count)]!["name"]!;
                break;
        }
    }

    private DetectorMutation DamageSections(DetectorFileParts parts)
    {
        int first = generator.NextInt32(parts.Sections.Count);
        int second = generator.NextInt32(parts.Sections.Count);
        string kind;
        switch (generator.NextInt32(4))
        {
            case 0:
                kind = "contents exchanged";
                (parts.Sections[first], parts.Sections[second]) = (
                    parts.Sections[first] with { Content = parts.Sections[second].Content },
                    parts.Sections[second] with { Content = parts.Sections[first].Content });
                break;
            case 1:
                kind = "section twice";
                parts.Sections.Insert(second, parts.Sections[first]);
                parts.MendRecords();
                return new DetectorMutation(kind, parts.Encode(), MutationEnd.Refused);
            case 2:
                kind = "section missing";
                parts.Sections.RemoveAt(first);
                parts.MendRecords();
                return new DetectorMutation(kind, parts.Encode(), MutationEnd.Refused);
            default:
                kind = "section cut";
                byte[] content = parts.Sections[first].Content;
                parts.Sections[first] =
                    parts.Sections[first] with { Content = content[..generator.NextInt32(content.Length)] };
                break;
        }

        parts.MendRecords();
        return Either(kind, parts.Encode());
    }

    private DetectorMutation DamageVectors(DetectorFileParts parts)
    {
        Span<float> vectors = MemoryMarshal.Cast<byte, float>(parts.Section("bank.0.vectors").Content.AsSpan());
        for (int i = 1 + generator.NextInt32(5); i > 0; i--)
        {
            vectors[generator.NextInt32(vectors.Length)] = Values[generator.NextInt32(Values.Length)];
        }

        bool areNumbers = true;
        foreach (float value in vectors)
        {
            areNumbers &= Math.Abs(value) <= 1e16f;
        }

        parts.MendRecords();
        return new DetectorMutation("vectors", parts.Encode(), areNumbers ? MutationEnd.Either : MutationEnd.Refused);
    }

    private DetectorMutation DamageSources(DetectorFileParts parts)
    {
        string name = generator.NextInt32(2) == 0 ? "bank.0.images" : "bank.0.patches";
        Span<int> sources = MemoryMarshal.Cast<byte, int>(parts.Section(name).Content.AsSpan());
        sources[generator.NextInt32(sources.Length)] = (int)_json.Extreme();
        parts.MendRecords();
        return Either("sources", parts.Encode());
    }

    private DetectorMutation DamageNetwork(DetectorFileParts parts)
    {
        byte[] network = parts.Network.Content;
        for (int i = 1 + generator.NextInt32(4); i > 0; i--)
        {
            network = _json.Damage(network);
        }

        parts.ReplaceNetwork(network);
        parts.MendRecords();
        return Either("network", parts.Encode());
    }

    private DetectorMutation DamageBanks(DetectorFileParts parts)
    {
        JsonNode bank = parts.Banks[0];

        // In format 2, banks are components among others.
        JsonArray list = parts.Header[parts.Version == 1 ? "banks" : "components"]!.AsArray();
        JsonNode listed = parts.Version == 1 ? bank : parts.Components("memory-bank")[0];
        switch (generator.NextInt32(4))
        {
            case 0:
                bank["rows"] = (int)_json.Extreme();
                break;
            case 1:
                // The same number of values with another shape.
                int columns = (int)bank["columns"]!;
                (bank["rows"], bank["columns"]) = (columns, (int)bank["rows"]!);
                break;
            case 2:
                for (int count = generator.NextInt32(1200); count > 0; count--)
                {
                    list.Add(listed.DeepClone());
                }

                break;
            default:
                list.Remove(listed);
                break;
        }

        return Either("banks", parts.Encode());
    }

    private DetectorMutation Harmless(DetectorFileParts parts)
    {
        switch (generator.NextInt32(5))
        {
            case 0:
                DetectorSection[] sections = [.. parts.Sections];
                generator.Shuffle(sections.AsSpan());
                parts.Sections.Clear();
                parts.Sections.AddRange(sections);
                break;
            case 1:
                parts.Header["later"] = new JsonObject { ["version"] = 2 };
                break;
            case 2:
                parts.Sections.Add(new DetectorSection("later", new byte[generator.NextInt32(200)]));
                break;
            case 3 when parts.Version > 1:
                // The order only matters among components of the same kind.
                IEnumerable<JsonNode> components =
                    parts.Header["components"]!.AsArray().Select(component => component!.DeepClone());
                parts.Header["components"] = new JsonArray(
                    [.. components.OrderBy(component => ((string)component["kind"]!)[^1])]);
                break;
            default:
                parts.MendRecords();
                byte[] spaced = Encoding.UTF8.GetBytes("  " + parts.Header.ToJsonString() + "\n\n");
                return new DetectorMutation("spaces", parts.Encode(spaced), MutationEnd.WorksAsBefore);
        }

        parts.MendRecords();
        return new DetectorMutation("harmless change", parts.Encode(), MutationEnd.WorksAsBefore);
    }
}
