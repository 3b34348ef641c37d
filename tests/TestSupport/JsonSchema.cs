using System.Text.Json;
using System.Text.RegularExpressions;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>
/// The subset of JSON Schema (draft 2020-12) that docs/schemas uses: type, const, enum, minimum, maximum,
/// exclusiveMinimum, pattern, properties, required, additionalProperties, items, minItems, maxItems and $ref into
/// $defs. Any other keyword is an error, so that none is ignored silently.
/// </summary>
internal sealed class JsonSchema
{
    private static readonly string[] Words =
    [
        "type", "const", "enum", "minimum", "maximum", "exclusiveMinimum", "pattern", "properties", "required",
        "additionalProperties",
        "items", "minItems", "maxItems", "$ref", "$defs", "$schema", "$id", "title", "description",
    ];

    private readonly JsonElement _root;

    public JsonSchema(string json)
    {
        using var document = JsonDocument.Parse(json);
        _root = document.RootElement.Clone();
    }

    public JsonElement Root => _root;

    /// <summary>The errors of a document, as path and reason; empty if it is valid.</summary>
    public IReadOnlyList<string> Validate(string json)
    {
        using var document = JsonDocument.Parse(json);
        var errors = new List<string>();
        Check(document.RootElement, _root, "$", errors);
        return errors;
    }

    /// <summary>A schema, or the schema that it references.</summary>
    public JsonElement Resolve(JsonElement schema) =>
        schema.TryGetProperty("$ref", out JsonElement reference)
            ? _root.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..])
            : schema;

    private void Check(JsonElement value, JsonElement given, string path, List<string> errors)
    {
        JsonElement schema = Resolve(given);
        foreach (JsonProperty word in schema.EnumerateObject().Where(word => !Words.Contains(word.Name)))
        {
            errors.Add($"{path}: the schema has the unknown word '{word.Name}'");
        }

        if (schema.TryGetProperty("type", out JsonElement type) && !Types(type).Any(one => IsType(value, one)))
        {
            errors.Add($"{path}: {value.ValueKind} is not of type {type}");
            return;
        }

        if (schema.TryGetProperty("const", out JsonElement constant) && !JsonElement.DeepEquals(value, constant))
        {
            errors.Add($"{path}: {value} is not {constant}");
        }

        if (schema.TryGetProperty("enum", out JsonElement choices)
            && !choices.EnumerateArray().Any(choice => JsonElement.DeepEquals(value, choice)))
        {
            errors.Add($"{path}: {value} is not one of {choices}");
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                CheckNumber(value.GetDouble(), schema, path, errors);
                break;
            case JsonValueKind.String:
                if (schema.TryGetProperty("pattern", out JsonElement pattern)
                    && !Regex.IsMatch(value.GetString()!, pattern.GetString()!))
                {
                    errors.Add($"{path}: '{value}' does not match {pattern}");
                }

                break;
            case JsonValueKind.Array:
                CheckArray(value, schema, path, errors);
                break;
            case JsonValueKind.Object:
                CheckObject(value, schema, path, errors);
                break;
        }
    }

    private static void CheckNumber(double value, JsonElement schema, string path, List<string> errors)
    {
        bool isRight = (!schema.TryGetProperty("minimum", out JsonElement minimum) || value >= minimum.GetDouble())
            && (!schema.TryGetProperty("maximum", out JsonElement maximum) || value <= maximum.GetDouble())
            && (!schema.TryGetProperty("exclusiveMinimum", out JsonElement above) || value > above.GetDouble());
        if (!isRight)
        {
            errors.Add($"{path}: {value} is out of range");
        }
    }

    private void CheckArray(JsonElement value, JsonElement schema, string path, List<string> errors)
    {
        int length = value.GetArrayLength();
        if ((schema.TryGetProperty("minItems", out JsonElement least) && length < least.GetInt32())
            || (schema.TryGetProperty("maxItems", out JsonElement most) && length > most.GetInt32()))
        {
            errors.Add($"{path}: {length} items");
        }

        if (!schema.TryGetProperty("items", out JsonElement items))
        {
            errors.Add($"{path}: the schema says nothing of the items");
            return;
        }

        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            Check(item, items, $"{path}[{index++}]", errors);
        }
    }

    private void CheckObject(JsonElement value, JsonElement schema, string path, List<string> errors)
    {
        JsonElement properties = schema.TryGetProperty("properties", out JsonElement known) ? known : default;
        foreach (JsonElement name in schema.TryGetProperty("required", out JsonElement required)
            ? required.EnumerateArray()
            : default)
        {
            if (!value.TryGetProperty(name.GetString()!, out _))
            {
                errors.Add($"{path}: '{name}' is missing");
            }
        }

        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (properties.ValueKind == JsonValueKind.Object
                && properties.TryGetProperty(property.Name, out JsonElement its))
            {
                Check(property.Value, its, $"{path}.{property.Name}", errors);
            }
            else if (schema.TryGetProperty("additionalProperties", out JsonElement other)
                && other.ValueKind == JsonValueKind.Object)
            {
                Check(property.Value, other, $"{path}.{property.Name}", errors);
            }
            else
            {
                errors.Add($"{path}: '{property.Name}' is not documented");
            }
        }
    }

    private static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array
            ? type.EnumerateArray().Select(one => one.GetString()!)
            : [type.GetString()!];

    private static bool IsType(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetDouble() == Math.Floor(value.GetDouble()),
        "number" => value.ValueKind == JsonValueKind.Number,
        "string" => value.ValueKind == JsonValueKind.String,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => throw new ArgumentException($"There is no type '{type}'."),
    };
}
