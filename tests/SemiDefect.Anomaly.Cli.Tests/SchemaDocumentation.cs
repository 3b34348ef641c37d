using System.Globalization;
using System.Text;
using System.Text.Json;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

/// <summary>Generates Markdown tables from the schemas.</summary>
internal static class SchemaDocumentation
{
    public static string Of(IReadOnlyList<string> paths)
    {
        var text = new StringBuilder();
        string[] names =
            [.. paths.Select(path => Path.GetFileName(path).Replace(".schema.json", "", StringComparison.Ordinal))];
        for (int i = 0; i < paths.Count; i++)
        {
            var schema = new JsonSchema(File.ReadAllText(paths[i]));
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n### {Text(schema.Root, "title")}\n\n{Text(schema.Root, "description")} "
                    + $"[Schema](schemas/{names[i]}.schema.json).\n\n| field | type | meaning |\n|---|---|---|\n");
            var expanded = new Dictionary<string, string>(StringComparer.Ordinal);
            Properties(text, schema, schema.Root, string.Empty, names, expanded);
        }

        return text.ToString();
    }

    private static void Properties(
        StringBuilder text,
        JsonSchema schema,
        JsonElement parent,
        string prefix,
        string[] names,
        Dictionary<string, string> expanded)
    {
        foreach (JsonProperty property in parent.GetProperty("properties").EnumerateObject())
        {
            Field(text, schema, property.Value, prefix + property.Name, names, expanded);
        }
    }

    private static void Field(
        StringBuilder text,
        JsonSchema schema,
        JsonElement given,
        string path,
        string[] names,
        Dictionary<string, string> expanded)
    {
        JsonElement field = schema.Resolve(given);
        string description = given.TryGetProperty("description", out JsonElement its) ? its.GetString()! : string.Empty;
        string? reference = given.TryGetProperty("$ref", out JsonElement target)
            ? target.GetString()!["#/$defs/".Length..]
            : null;
        bool isExpanded = reference is not null && (names.Contains(reference) || !expanded.TryAdd(reference, path));
        if (isExpanded && expanded.TryGetValue(reference!, out string? first))
        {
            description += $" As `{first}`.";
        }

        text.Append(CultureInfo.InvariantCulture, $"| `{path}` | {Type(field)} | {description}{Choices(field)} |\n");
        if (isExpanded)
        {
            return;
        }

        if (field.TryGetProperty("properties", out _))
        {
            Properties(text, schema, field, path + ".", names, expanded);
        }

        if (field.TryGetProperty("additionalProperties", out JsonElement others)
            && others.ValueKind == JsonValueKind.Object)
        {
            Field(text, schema, others, path + ".*", names, expanded);
        }

        if (field.TryGetProperty("items", out JsonElement items)
            && schema.Resolve(items).TryGetProperty("properties", out _))
        {
            Properties(text, schema, schema.Resolve(items), path + "[].", names, expanded);
        }
    }

    private static string Type(JsonElement field)
    {
        if (field.TryGetProperty("const", out JsonElement constant))
        {
            return constant.GetRawText();
        }

        JsonElement type = field.GetProperty("type");
        string text = type.ValueKind == JsonValueKind.Array
            ? string.Join(" or ", type.EnumerateArray().Select(one => one.GetString()))
            : type.GetString()!;
        if (field.TryGetProperty("items", out JsonElement items)
            && items.TryGetProperty("type", out JsonElement of)
            && of.GetString() != "object")
        {
            text += $" of {of.GetString()}";
        }

        string low = field.TryGetProperty("minimum", out JsonElement minimum) ? $"{minimum.GetRawText()} or more"
            : field.TryGetProperty("exclusiveMinimum", out JsonElement above) ? $"above {above.GetRawText()}"
            : string.Empty;
        string high = field.TryGetProperty("maximum", out JsonElement maximum)
            ? $"at most {maximum.GetRawText()}"
            : string.Empty;
        string range = string.Join(", ", ((string[])[low, high]).Where(part => part.Length > 0));
        return range.Length == 0 ? text : $"{text}, {range}";
    }

    private static string Choices(JsonElement field) =>
        field.TryGetProperty("enum", out JsonElement choices)
            ? $" One of {string.Join(", ", choices.EnumerateArray().Select(choice => $"`{choice.GetString()}`"))}."
            : string.Empty;

    private static string Text(JsonElement schema, string name) => schema.GetProperty(name).GetString()!;
}
