using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Tests.Serialization;

/// <summary>Damages JSON: unexpected values, missing properties, invalid text.</summary>
internal sealed class JsonMutator(SeededGenerator generator)
{
    private static readonly long[] Extremes =
    [
        0, 1, 2, -1, 63, 64, 65, 1000, 1001, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue,
        1L << 40, 1L << 62,
    ];

    /// <summary>A boundary value.</summary>
    public long Extreme() => Extremes[generator.NextInt32(Extremes.Length)];

    /// <summary>Replaces a random value in a tree by an unexpected one.</summary>
    public void Replace(JsonNode root) => Change(root, HostileValue(), remove: false);

    /// <summary>Removes a random value from a tree.</summary>
    public void Remove(JsonNode root) => Change(root, null, remove: true);

    /// <summary>Flips a bit, truncates, inserts a byte or deletes a few.</summary>
    public byte[] Damage(byte[] text)
    {
        int at = generator.NextInt32(Math.Max(1, text.Length));
        switch (text.Length == 0 ? -1 : generator.NextInt32(4))
        {
            case -1:
                return text;
            case 0:
                text[at] ^= (byte)(1 << generator.NextInt32(8));
                return text;
            case 1:
                return text[..at];
            case 2:
                return [.. text[..at], (byte)generator.NextInt32(256), .. text[at..]];
            default:
                return [.. text[..at], .. text[Math.Min(text.Length, at + 1 + generator.NextInt32(20))..]];
        }
    }

    private JsonNode? HostileValue() => generator.NextInt32(14) switch
    {
        0 => JsonValue.Create(Extreme()),
        1 => JsonValue.Create((double)Extreme() + 0.5),
        2 => JsonNode.Parse("1e999"),
        3 => JsonNode.Parse("-1e-400"),
        4 => null,
        5 => new JsonArray(),
        6 => new JsonArray(null, null),
        7 => new JsonObject(),
        8 => JsonValue.Create("../../../../etc/passwd"),
        9 => JsonValue.Create("/dev/zero"),
        10 => JsonValue.Create(new string('x', 1 << generator.NextInt32(17))),
        11 => JsonValue.Create("a\nb\u0007"),
        12 => JsonValue.Create(true),
        _ => JsonValue.Create(string.Empty),
    };

    private void Change(JsonNode root, JsonNode? value, bool remove)
    {
        JsonNode node = root;
        while (true)
        {
            int count = node is JsonObject o ? o.Count : ((JsonArray)node).Count;
            int pick = generator.NextInt32(count);
            string? name = node is JsonObject properties ? properties.ElementAt(pick).Key : null;
            JsonNode? child = name is null ? node[pick] : node[name];
            bool canDescend = child is JsonObject { Count: > 0 } or JsonArray { Count: > 0 };
            if (canDescend && generator.NextInt32(5) > 0)
            {
                node = child!;
                continue;
            }

            if (remove && name is not null)
            {
                ((JsonObject)node).Remove(name);
            }
            else if (remove)
            {
                ((JsonArray)node).RemoveAt(pick);
            }
            else if (name is not null)
            {
                node[name] = value;
            }
            else
            {
                node[pick] = value;
            }

            return;
        }
    }
}
