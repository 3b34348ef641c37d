using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>
/// Cuts an ONNX model after chosen tensors: they become its outputs, and nodes and weights that they do not need are
/// removed. Everything else is copied unchanged, including unknown fields. Stateless.
/// </summary>
internal static class OnnxCutter
{
    private const int ModelTraining = 20;
    private const int MostNamesShown = 12;

    /// <summary>Cuts a model.</summary>
    /// <param name="model">The bytes of the .onnx file.</param>
    /// <param name="taps">Names of tensors, or of nodes (which stand for their first output).</param>
    /// <param name="tensors">The names of the new outputs, one per tap.</param>
    /// <returns>The new model.</returns>
    /// <exception cref="BackboneException">
    /// The bytes are not an ONNX model, there is no such tensor, or the weights are in other files.
    /// </exception>
    public static ProtoWriter Cut(
        ReadOnlyMemory<byte> model,
        IReadOnlyList<string> taps,
        out IReadOnlyList<string> tensors)
    {
        ProtoField[] fields = [.. ProtoField.Read(model)];
        ProtoField[] graphs =
        [
            .. fields.Where(field => field is { Number: OnnxFields.ModelGraph, WireType: ProtoField.LengthDelimited })
        ];
        if (graphs is not [ProtoField graph])
        {
            throw new BackboneException(
                "The file is not an ONNX network: it has no graph. Give a complete .onnx file.");
        }

        var result = new ProtoWriter();
        ProtoWriter cut = CutGraph(graph.Content, taps, out tensors);
        foreach (ProtoField field in fields)
        {
            if (field.Number == OnnxFields.ModelGraph)
            {
                result.Message(OnnxFields.ModelGraph, cut);
            }
            else if (field.Number != ModelTraining)
            {
                result.Raw(field);
            }
        }

        return result;
    }

    private static ProtoWriter CutGraph(
        ReadOnlyMemory<byte> graph,
        IReadOnlyList<string> taps,
        out IReadOnlyList<string> tensors)
    {
        ProtoField[] fields = [.. ProtoField.Read(graph)];
        OnnxNode[] nodes = [.. fields.Where(field => field.Number == OnnxFields.GraphNode).Select(OnnxNode.Read)];
        Dictionary<string, OnnxNode> producers = Producers(nodes);
        string[] chosen = [.. taps.Select(tap => FindTensor(tap, nodes, producers, fields))];
        if (chosen.Distinct(StringComparer.Ordinal).Count() != chosen.Length)
        {
            throw new BackboneException("Two of the taps are the same tensor: name each once.");
        }

        HashSet<string> needed = Needed(chosen, producers, out HashSet<OnnxNode> kept);
        var result = new ProtoWriter();
        int node = 0;
        foreach (ProtoField field in fields)
        {
            bool keep = field.Number switch
            {
                OnnxFields.GraphNode => kept.Contains(nodes[node++]),
                OnnxFields.GraphInitializer => needed.Contains(NameOf(field, OnnxFields.TensorName)) && IsInside(field),
                OnnxFields.GraphSparseInitializer => needed.Contains(SparseName(field)),
                OnnxFields.GraphInput => needed.Contains(NameOf(field, OnnxFields.ValueName)),
                OnnxFields.GraphValueInfo =>
                    needed.Contains(NameOf(field, OnnxFields.ValueName))
                        && !chosen.Contains(NameOf(field, OnnxFields.ValueName)),
                OnnxFields.GraphQuantization => needed.Contains(NameOf(field, OnnxFields.QuantizationTensorName)),
                OnnxFields.GraphOutput => false,
                _ => true,
            };
            if (keep)
            {
                result.Raw(field);
            }
        }

        foreach (string tensor in chosen)
        {
            result.Message(
                OnnxFields.GraphOutput,
                OnnxGraphBuilder.ImageValue(tensor, null, $"{tensor}_height", $"{tensor}_width"));
        }

        tensors = chosen;
        return result;
    }

    private static Dictionary<string, OnnxNode> Producers(OnnxNode[] nodes)
    {
        var producers = new Dictionary<string, OnnxNode>(StringComparer.Ordinal);
        foreach (OnnxNode node in nodes)
        {
            foreach (string output in node.Outputs.Where(output => output.Length > 0))
            {
                if (!producers.TryAdd(output, node))
                {
                    throw new BackboneException($"The network is damaged: two nodes make the tensor '{output}'.");
                }
            }
        }

        return producers;
    }

    private static string FindTensor(
        string tap,
        OnnxNode[] nodes,
        Dictionary<string, OnnxNode> producers,
        ProtoField[] fields)
    {
        if (producers.ContainsKey(tap))
        {
            return tap;
        }

        if (nodes.FirstOrDefault(node => string.Equals(node.Name, tap, StringComparison.Ordinal)) is
            { Outputs: [string first, ..] })
        {
            return first;
        }

        string[] similar =
        [
            .. producers.Keys.Concat(nodes.Select(node => node.Name))
                .Where(name => name.Contains(tap, StringComparison.OrdinalIgnoreCase))
                .Distinct()
                .Take(MostNamesShown)
        ];
        string[] outputs =
        [
            .. fields.Where(field => field.Number == OnnxFields.GraphOutput)
                .Select(field => NameOf(field, OnnxFields.ValueName))
                .Take(MostNamesShown)
        ];
        string hint = similar.Length > 0
            ? $"Similar names are {string.Join(", ", similar)}."
            : $"Its outputs are {string.Join(", ", outputs)}.";
        throw new BackboneException($"The network has no inner tensor or node '{tap}'. {hint}");
    }

    private static HashSet<string> Needed(
        string[] chosen,
        Dictionary<string, OnnxNode> producers,
        out HashSet<OnnxNode> kept)
    {
        var needed = new HashSet<string>(chosen, StringComparer.Ordinal);
        kept = [];
        var open = new Stack<string>(chosen);
        while (open.TryPop(out string? tensor))
        {
            if (producers.TryGetValue(tensor, out OnnxNode? node) && kept.Add(node))
            {
                foreach (string input in node.Inputs.Where(needed.Add))
                {
                    open.Push(input);
                }
            }
        }

        return needed;
    }

    private static bool IsInside(ProtoField initializer) =>
        !ProtoField.Read(initializer.Content)
            .Any(field => field is { Number: OnnxFields.TensorDataLocation, Value: not 0 })
            ? true
            : throw new BackboneException(
                "The network keeps its weights in files of their own (external data): save it as one .onnx file "
                    + "first.");

    private static string SparseName(ProtoField sparse) =>
        ProtoField.Read(sparse.Content)
            .Where(field => field.Number == OnnxFields.SparseTensorValues)
            .Select(field => NameOf(field, OnnxFields.TensorName))
            .FirstOrDefault(string.Empty);

    private static string NameOf(ProtoField message, int nameField) =>
        ProtoField.Read(message.Content)
            .Where(field => field.Number == nameField)
            .Select(field => field.Text)
            .FirstOrDefault(string.Empty);
}
