using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>The parts of a network that was read. Immutable and thread-safe.</summary>
internal sealed class OnnxModel
{
    private OnnxModel(ProtoField[] fields, ProtoField[] graph)
    {
        OnnxNode[] nodes = [.. graph.Where(field => field.Number == OnnxFields.GraphNode).Select(OnnxNode.Read)];
        var constants = new Dictionary<string, OnnxConstant>(StringComparer.Ordinal);
        foreach (ProtoField field in graph.Where(field => field.Number == OnnxFields.GraphInitializer))
        {
            var constant = OnnxConstant.Read(field);
            constants[constant.Name] = constant;
        }

        // Weights stored as float16 are constants like others once they are cast.
        Nodes = [.. nodes.Where(node => !IsCastOfHalf(node, constants))];
        foreach (OnnxNode cast in nodes.Where(node => IsCastOfHalf(node, constants)))
        {
            constants[cast.Outputs[0]] = constants[cast.Inputs[0]].ToFloat32(cast.Outputs[0]);
        }

        Constants = constants;
        Inputs =
            [.. graph.Where(field => field.Number == OnnxFields.GraphInput && !constants.ContainsKey(NameOf(field)))];
        Outputs = [.. graph.Where(field => field.Number == OnnxFields.GraphOutput).Select(NameOf)];
        ProtoField[][] sets =
        [
            .. fields.Where(field => field.Number == OnnxFields.ModelOperatorSet)
                .Select(field => ProtoField.Read(field.Content).ToArray())
        ];
        OperatorSet = (long)sets.Where(
            set => !set.Any(field => field is { Number: OnnxFields.OperatorSetDomain, Content.IsEmpty: false }))
            .SelectMany(set => set)
            .Where(field => field.Number == OnnxFields.OperatorSetVersion)
            .Select(field => field.Value)
            .FirstOrDefault();
        HasForeignOperators = sets.Length > 1;
    }

    /// <summary>The nodes, each after the nodes that it needs.</summary>
    public IReadOnlyList<OnnxNode> Nodes { get; }

    /// <summary>The constants by name.</summary>
    public IReadOnlyDictionary<string, OnnxConstant> Constants { get; }

    /// <summary>The inputs that are not constants, as unmodified fields of the file.</summary>
    public IReadOnlyList<ProtoField> Inputs { get; }

    /// <summary>The names of the outputs.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>The version of the standard ONNX operators.</summary>
    public long OperatorSet { get; }

    /// <summary>Whether it uses operators that are not standard ONNX operators.</summary>
    public bool HasForeignOperators { get; }

    /// <summary>Reads a network.</summary>
    /// <exception cref="BackboneException">The bytes are not an ONNX network.</exception>
    public static OnnxModel Read(ReadOnlyMemory<byte> content)
    {
        ProtoField[] fields = [.. ProtoField.Read(content)];
        ProtoField graph = fields.FirstOrDefault(
            field => field is { Number: OnnxFields.ModelGraph, WireType: ProtoField.LengthDelimited });
        return new OnnxModel(fields, [.. ProtoField.Read(graph.Content)]);
    }

    private static bool IsCastOfHalf(OnnxNode node, Dictionary<string, OnnxConstant> constants) =>
        node is { Operator: "Cast", Inputs.Count: 1, Outputs.Count: 1, Attributes.Count: 1 }
        && constants.TryGetValue(node.Inputs[0], out OnnxConstant? constant)
        && constant.IsHalf
        && ProtoField.Read(node.Attributes[0].Content).Any(
            field => field is { Number: OnnxFields.AttributeInteger, Value: OnnxFields.Float32 });

    /// <summary>The name of an input or output.</summary>
    public static string NameOf(ProtoField value) =>
        ProtoField.Read(value.Content)
            .Where(field => field.Number == OnnxFields.ValueName)
            .Select(field => field.Text)
            .FirstOrDefault(string.Empty);
}
