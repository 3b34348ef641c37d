using System.Buffers.Binary;
using System.Text.Json;

namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>
/// The index of a .safetensors file: the length of a JSON header in 8 bytes, the header, and the tensors without gaps
/// or overlaps (huggingface.co/docs/safetensors, "Format"). Stateless.
/// </summary>
internal static class SafetensorsFile
{
    private const int LargestHeader = 1 << 24;

    /// <summary>Reads and checks the header.</summary>
    /// <exception cref="WeightsFormatException">The file violates the format.</exception>
    public static Dictionary<string, WeightTensor> ReadIndex(WeightsSource source)
    {
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(source.Read(0, sizeof(ulong)));
        if (headerLength > LargestHeader || (long)headerLength > source.Length - sizeof(ulong))
        {
            throw source.Refuse($"its header claims {headerLength} bytes");
        }

        byte[] header = source.Read(sizeof(ulong), (int)headerLength);
        long contentStart = sizeof(ulong) + (long)headerLength;
        try
        {
            using JsonDocument json =
                JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
            var ranges = new List<(long Begin, long End, string Name)>();
            foreach (JsonProperty property in json.RootElement.EnumerateObject())
            {
                if (property.Name != "__metadata__")
                {
                    tensors.Add(property.Name, ReadTensor(source, property, contentStart, ranges));
                }
            }

            CheckTiling(source, ranges, source.Length - contentStart);
            return tensors;
        }
        catch (Exception error)
            when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new WeightsFormatException(
                $"The weights '{source.Name}' cannot be read: their header is not that of a .safetensors file. Fetch "
                    + "or save the file again.",
                error);
        }
    }

    private static WeightTensor ReadTensor(
        WeightsSource source,
        JsonProperty property,
        long contentStart,
        List<(long Begin, long End, string Name)> ranges)
    {
        string name = property.Name;
        ElementType type = ParseType(source, name, property.Value.GetProperty("dtype").GetString());
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        long[] offsets =
            [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        if (offsets.Length != 2
            || offsets[0] < 0
            || offsets[1] < offsets[0]
            || offsets[1] > source.Length - contentStart)
        {
            throw source.Refuse($"the tensor '{name}' lies outside the file");
        }

        ranges.Add((offsets[0], offsets[1], name));
        long storageCount = (offsets[1] - offsets[0]) / Elements.Size(type);
        WeightTensor tensor =
            WeightTensor.Create(name, source, type, contentStart + offsets[0], storageCount, 0, shape, null);
        return tensor.Count * Elements.Size(type) == offsets[1] - offsets[0]
            ? tensor
            : throw source.Refuse(
                $"the tensor '{name}' has {offsets[1] - offsets[0]} bytes, which do not fit its shape");
    }

    private static ElementType ParseType(WeightsSource source, string name, string? type) => type switch
    {
        "F32" => ElementType.Float32,
        "F16" => ElementType.Float16,
        "BF16" => ElementType.BFloat16,
        "F64" => ElementType.Float64,
        "I64" => ElementType.Int64,
        "I32" => ElementType.Int32,
        "I16" => ElementType.Int16,
        "I8" => ElementType.Int8,
        "U8" => ElementType.UInt8,
        "BOOL" => ElementType.Boolean,
        _ =>
            throw source.Refuse(
                $"the tensor '{name}' is of type '{type}', which is not supported (F32, F16, BF16 and F64 are)"),
    };

    private static void CheckTiling(WeightsSource source, List<(long Begin, long End, string Name)> ranges, long length)
    {
        ranges.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        long end = 0;
        foreach ((long begin, long rangeEnd, string name) in ranges)
        {
            if (begin != end)
            {
                throw source.Refuse($"the tensor '{name}' overlaps another, or there is a gap before it");
            }

            end = rangeEnd;
        }

        if (end != length)
        {
            throw source.Refuse("there are bytes after the last tensor");
        }
    }
}
