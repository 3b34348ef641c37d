using System.Runtime.InteropServices;
using SemiDefect.Anomaly.Backbones.Onnx;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Quantizing;

/// <summary>
/// Rewrites a network with the nodes of a plan as 8-bit operators (QLinearConv of ONNX, QLinearAdd of ONNX Runtime) and
/// all others unchanged. A tensor is converted where one kind of node consumes the output of the other kind. Not
/// thread-safe; for one use.
/// </summary>
internal sealed class QuantizedGraphWriter
{
    private const int IrVersion = 7;

    // The first operator set that supports max pooling of 8-bit numbers.
    private const long OperatorSet = 13;
    private const string RuntimeDomain = "com.microsoft";

    // Operators with the same meaning in every version up to 13, as far as inference is concerned.
    private static readonly string[] Steady =
    [
        "Add",
        "AveragePool",
        "BatchNormalization",
        "Concat",
        "Conv",
        "GlobalAveragePool",
        "Identity",
        "MaxPool",
        "Mul",
        "Relu",
        "Sigmoid"
    ];

    private readonly OnnxModel _model;
    private readonly QuantizationPlan _plan;
    private readonly IReadOnlyDictionary<string, ValueRange> _ranges;
    private readonly ProtoWriter _graph = new();
    private readonly List<ProtoWriter> _constants = [];
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private readonly HashSet<string> _floats = new(StringComparer.Ordinal);
    private readonly Dictionary<string, QuantizedTensor> _quantized = new(StringComparer.Ordinal);

    private QuantizedGraphWriter(OnnxModel model, QuantizationPlan plan, IReadOnlyDictionary<string, ValueRange> ranges)
    {
        _model = model;
        _plan = plan;
        _ranges = ranges;
    }

    /// <summary>Writes the network.</summary>
    /// <param name="model">The original network.</param>
    /// <param name="plan">The nodes to quantize.</param>
    /// <param name="ranges">The range of each tensor in the plan.</param>
    /// <exception cref="BackboneException">
    /// The other nodes use an older operator set in which operators had a different meaning.
    /// </exception>
    public static ProtoWriter Write(
        OnnxModel model,
        QuantizationPlan plan,
        IReadOnlyDictionary<string, ValueRange> ranges)
    {
        if (model.OperatorSet < OperatorSet
            && model.Nodes.FirstOrDefault(node => !Steady.Contains(node.Operator, StringComparer.Ordinal)) is { } old)
        {
            throw new BackboneException(
                $"The network uses '{old.Operator}' of operator set {model.OperatorSet}, which is too old to mix with "
                    + $"8-bit operators: export it with operator set {OperatorSet} or later.");
        }

        if (model.HasForeignOperators)
        {
            throw new BackboneException("The network uses operators that are not ONNX's own: give one without.");
        }

        return new QuantizedGraphWriter(model, plan, ranges).Write();
    }

    private ProtoWriter Write()
    {
        _graph.Text(OnnxFields.GraphName, "quantized");
        foreach (ProtoField input in _model.Inputs)
        {
            _floats.Add(OnnxModel.NameOf(input));
        }

        foreach (OnnxNode node in _model.Nodes.Where(node => !_plan.Absorbed.Contains(node)))
        {
            if (_plan.Results.TryGetValue(node, out string? result))
            {
                WriteQuantized(node, result);
            }
            else
            {
                Copy(node);
            }
        }

        foreach (string output in _model.Outputs)
        {
            NeedFloat(output);
        }

        foreach (ProtoWriter constant in _constants)
        {
            _graph.Message(OnnxFields.GraphInitializer, constant);
        }

        foreach (ProtoField input in _model.Inputs)
        {
            _graph.Raw(input);
        }

        foreach (string output in _model.Outputs)
        {
            _graph.Message(
                OnnxFields.GraphOutput,
                OnnxGraphBuilder.ImageValue(output, null, $"{output}_height", $"{output}_width"));
        }

        var model = new ProtoWriter();
        model.Int64(OnnxFields.ModelIrVersion, IrVersion);
        model.Text(OnnxFields.ModelProducer, "SemiDefect.Anomaly");
        model.Message(OnnxFields.ModelGraph, _graph);
        model.Message(OnnxFields.ModelOperatorSet, Operators(string.Empty, Math.Max(OperatorSet, _model.OperatorSet)));
        model.Message(OnnxFields.ModelOperatorSet, Operators(RuntimeDomain, 1));
        return model;
    }

    private static ProtoWriter Operators(string domain, long version)
    {
        var set = new ProtoWriter();
        set.Text(OnnxFields.OperatorSetDomain, domain);
        set.Int64(OnnxFields.OperatorSetVersion, version);
        return set;
    }

    private void Copy(OnnxNode node)
    {
        foreach (string input in node.Inputs.Where(input => input.Length > 0))
        {
            if (!_model.Constants.TryGetValue(input, out OnnxConstant? constant))
            {
                NeedFloat(input);
            }
            else if (_written.Add(input))
            {
                var copy = new ProtoWriter();
                foreach (ProtoField field in ProtoField.Read(constant.Field.Content))
                {
                    copy.Raw(field);
                }

                _constants.Add(copy);
            }
        }

        _graph.Raw(node.Field);
        _floats.UnionWith(node.Outputs);
    }

    private void WriteQuantized(OnnxNode node, string result)
    {
        switch (node.Operator)
        {
            case "Conv":
                WriteConvolution(node, result);
                break;
            case "Add":
                QuantizedTensor first = NeedQuantized(node.Inputs[0]);
                QuantizedTensor second = NeedQuantized(node.Inputs[1]);
                QuantizedTensor sum = Declare(_ranges[result].Cover(QuantizedName(result)));
                Node(
                    "QLinearAdd",
                    sum.Name,
                    [.. Parts(first), .. Parts(second), sum.ScaleName, sum.ZeroPointName],
                    [],
                    RuntimeDomain);
                _quantized.Add(result, sum);
                break;
            default:
                QuantizedTensor input = NeedQuantized(node.Inputs[0]);
                QuantizedTensor largest = Declare(input with { Name = QuantizedName(result) });
                Node(node.Operator, largest.Name, [input.Name], node.Attributes);
                _quantized.Add(result, largest);
                break;
        }
    }

    private void WriteConvolution(OnnxNode node, string result)
    {
        QuantizedTensor input = NeedQuantized(node.Inputs[0]);
        QuantizedTensor output = Declare(_ranges[result].Cover(QuantizedName(result)));
        OnnxConstant constant = _model.Constants[node.Inputs[1]];
        float[]? bias = node.Inputs.Count < 3 || node.Inputs[2].Length == 0
            ? null
            : _model.Constants[node.Inputs[2]].Values();
        int channels = (int)constant.Dimensions[0];
        var weights = new QuantizedWeights(constant.Values(), channels, bias, input.Scale);
        string name = $"{output.Name}.weights";
        AddConstant(name, OnnxFields.Int8, constant.Dimensions, MemoryMarshal.AsBytes(weights.Values));
        AddConstant($"{name}.scale", OnnxFields.Float32, [channels], MemoryMarshal.AsBytes(weights.Scales));
        AddConstant($"{name}.zero", OnnxFields.Int8, [channels], new byte[channels]);
        List<string> inputs =
            [.. Parts(input), name, $"{name}.scale", $"{name}.zero", output.ScaleName, output.ZeroPointName];
        if (bias is not null)
        {
            AddConstant($"{output.Name}.bias", OnnxFields.Int32, [channels], MemoryMarshal.AsBytes(weights.Bias));
            inputs.Add($"{output.Name}.bias");
        }

        Node("QLinearConv", output.Name, inputs, node.Attributes);
        _quantized.Add(result, output);
    }

    private void NeedFloat(string tensor)
    {
        if (_floats.Add(tensor))
        {
            Node("DequantizeLinear", tensor, Parts(_quantized[tensor]), []);
        }
    }

    private QuantizedTensor NeedQuantized(string tensor)
    {
        if (!_quantized.TryGetValue(tensor, out QuantizedTensor quantized))
        {
            quantized = Declare(_ranges[tensor].Cover(QuantizedName(tensor)));
            Node("QuantizeLinear", quantized.Name, [tensor, quantized.ScaleName, quantized.ZeroPointName], []);
            _quantized.Add(tensor, quantized);
        }

        return quantized;
    }

    private static string QuantizedName(string tensor) => $"{tensor}.quantized";

    private static string[] Parts(QuantizedTensor tensor) => [tensor.Name, tensor.ScaleName, tensor.ZeroPointName];

    private QuantizedTensor Declare(QuantizedTensor tensor)
    {
        AddConstant(tensor.ScaleName, OnnxFields.Float32, [], MemoryMarshal.AsBytes<float>([tensor.Scale]));
        AddConstant(tensor.ZeroPointName, OnnxFields.UInt8, [], [tensor.ZeroPoint]);
        return tensor;
    }

    private void AddConstant(string name, int type, IReadOnlyList<long> shape, ReadOnlySpan<byte> bytes)
    {
        var tensor = new ProtoWriter();
        foreach (long size in shape)
        {
            tensor.Int64(OnnxFields.TensorDimension, size);
        }

        tensor.Int64(OnnxFields.TensorDataType, type);
        tensor.Text(OnnxFields.TensorName, name);
        tensor.Content(OnnxFields.TensorRawData, new TensorContent(bytes.ToArray()));
        _constants.Add(tensor);
    }

    private void Node(
        string operation,
        string output,
        IEnumerable<string> inputs,
        IEnumerable<ProtoField> attributes,
        string? domain = null)
    {
        var node = new ProtoWriter();
        foreach (string input in inputs)
        {
            node.Text(OnnxFields.NodeInput, input);
        }

        node.Text(OnnxFields.NodeOutput, output);
        node.Text(OnnxFields.NodeName, output);
        node.Text(OnnxFields.NodeOperator, operation);
        foreach (ProtoField attribute in attributes)
        {
            node.Raw(attribute);
        }

        if (domain is not null)
        {
            node.Text(OnnxFields.NodeDomain, domain);
        }

        _graph.Message(OnnxFields.GraphNode, node);
    }
}
