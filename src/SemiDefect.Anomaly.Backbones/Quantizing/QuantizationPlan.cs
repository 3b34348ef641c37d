using SemiDefect.Anomaly.Backbones.Onnx;

namespace SemiDefect.Anomaly.Backbones.Quantizing;

/// <summary>
/// Selects the nodes of a network that compute with 8-bit numbers: convolutions with constant weights, and the
/// additions and max poolings between them. The first convolution is excluded, because all information of an image
/// passes through it. Immutable and thread-safe.
/// </summary>
internal sealed class QuantizationPlan
{
    private readonly Dictionary<OnnxNode, string> _results = [];
    private readonly HashSet<OnnxNode> _absorbed = [];
    private readonly List<string> _measured = [];

    /// <summary>Creates the plan of a network.</summary>
    public QuantizationPlan(OnnxModel model)
    {
        string image = model.Inputs is [ProtoField input] ? OnnxModel.NameOf(input) : string.Empty;
        ILookup<string, OnnxNode> readers = model.Nodes.SelectMany(node => node.Inputs.Select(name => (name, node)))
            .ToLookup(pair => pair.name, pair => pair.node, StringComparer.Ordinal);
        var quantized = new HashSet<string>(StringComparer.Ordinal);
        foreach (OnnxNode node in model.Nodes.Where(node => node.Outputs.Count == 1))
        {
            switch (node.Operator)
            {
                case "Conv" when node.Inputs[0] != image && HasConstantWeights(model, node):
                    Measure(node.Inputs[0], quantized);
                    Measure(Result(model, node, readers), quantized);
                    break;
                case "Add" when node.Inputs.Count == 2 && node.Inputs.All(quantized.Contains):
                    Measure(Result(model, node, readers), quantized);
                    break;
                case "MaxPool" when quantized.Contains(node.Inputs[0]):
                    _results.Add(node, node.Outputs[0]);
                    quantized.Add(node.Outputs[0]);
                    break;
            }
        }
    }

    /// <summary>
    /// The quantized nodes, each with the tensor that its result stands for: that of the following Relu, if nothing
    /// else reads the node's own.
    /// </summary>
    public IReadOnlyDictionary<OnnxNode, string> Results => _results;

    /// <summary>The Relus that are part of those results.</summary>
    public IReadOnlySet<OnnxNode> Absorbed => _absorbed;

    /// <summary>The tensors whose ranges must be measured.</summary>
    public IReadOnlyList<string> Measured => _measured;

    private static bool HasConstantWeights(OnnxModel model, OnnxNode node) =>
        model.Constants.TryGetValue(node.Inputs[1], out OnnxConstant? weights)
        && weights.Dimensions.Count == 4
        && weights.Values() is not null
        && (node.Inputs.Count < 3
            || node.Inputs[2].Length == 0
            || (model.Constants.TryGetValue(node.Inputs[2], out OnnxConstant? bias) && bias.Values() is not null));

    private string Result(OnnxModel model, OnnxNode node, ILookup<string, OnnxNode> readers)
    {
        string result = node.Outputs[0];
        if (!model.Outputs.Contains(result, StringComparer.Ordinal)
            && readers[result].ToArray() is [{ Operator: "Relu" } relu])
        {
            _absorbed.Add(relu);
            result = relu.Outputs[0];
        }

        _results.Add(node, result);
        return result;
    }

    private void Measure(string tensor, HashSet<string> quantized)
    {
        if (quantized.Add(tensor))
        {
            _measured.Add(tensor);
        }
    }
}
