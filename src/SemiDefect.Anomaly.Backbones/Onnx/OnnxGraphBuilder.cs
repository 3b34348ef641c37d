namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>
/// Builds an ONNX model node by node: one float32 image input [n, 3, h, w] with dynamic n, h and w, and outputs of rank
/// 4. Operator set 13 and IR version 7 are supported by ONNX Runtime 1.6 and later. Not thread-safe.
/// </summary>
internal sealed class OnnxGraphBuilder
{
    private const int IrVersion = 7;
    private const int OperatorSet = 13;

    private readonly ProtoWriter _graph = new();
    private readonly List<ProtoWriter> _initializers = [];
    private readonly List<ProtoWriter> _outputs = [];

    private readonly bool _isHalf;

    /// <summary>Starts a graph.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="isHalf">
    /// Whether constants of rank 2 or more are stored as float16. They are cast to float32, which is exact, when the
    /// network is loaded, so that it computes in float32 everywhere.
    /// </param>
    public OnnxGraphBuilder(string name, bool isHalf = false)
    {
        _graph.Text(OnnxFields.GraphName, name);
        _isHalf = isHalf;
    }

    /// <summary>The name of the image input.</summary>
    public static string Input => "input";

    /// <summary>Adds a float32 constant and returns its name.</summary>
    public string Constant(string name, ReadOnlySpan<int> shape, ITensorContent content)
    {
        var tensor = new ProtoWriter();
        long count = 1;
        foreach (int size in shape)
        {
            tensor.Int64(OnnxFields.TensorDimension, size);
            count *= size;
        }

        if (content.ByteLength != count * sizeof(float))
        {
            throw new ArgumentException(
                $"The constant '{name}' needs {count * sizeof(float)} bytes, got {content.ByteLength}.",
                nameof(content));
        }

        bool isHalf = _isHalf && shape.Length > 1;
        string stored = isHalf ? $"{name}.half" : name;
        tensor.Int64(OnnxFields.TensorDataType, isHalf ? OnnxFields.Float16 : OnnxFields.Float32);
        tensor.Text(OnnxFields.TensorName, stored);
        tensor.Content(OnnxFields.TensorRawData, isHalf ? new HalfContent(name, content) : content);
        _initializers.Add(tensor);
        return isHalf ? Node("Cast", name, [stored], ("to", (long)OnnxFields.Float32)) : name;
    }

    /// <summary>Adds a node with one output and returns the name of the output.</summary>
    /// <param name="operation">The ONNX operator.</param>
    /// <param name="output">The name of the node and of its output.</param>
    /// <param name="inputs">The names of its inputs.</param>
    /// <param name="attributes">float, long or long[] values by name.</param>
    public string Node(
        string operation,
        string output,
        ReadOnlySpan<string> inputs,
        params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var node = new ProtoWriter();
        foreach (string input in inputs)
        {
            node.Text(OnnxFields.NodeInput, input);
        }

        node.Text(OnnxFields.NodeOutput, output);
        node.Text(OnnxFields.NodeName, output);
        node.Text(OnnxFields.NodeOperator, operation);
        foreach ((string name, object value) in attributes)
        {
            node.Message(OnnxFields.NodeAttribute, Attribute(name, value));
        }

        _graph.Message(OnnxFields.GraphNode, node);
        return output;
    }

    /// <summary>Makes a tensor an output of the network.</summary>
    public void Output(string name, int channels) =>
        _outputs.Add(ImageValue(name, channels, $"{name}_height", $"{name}_width"));

    /// <summary>Writes the model. The builder cannot be used afterwards.</summary>
    public void WriteTo(Stream stream)
    {
        foreach (ProtoWriter initializer in _initializers)
        {
            _graph.Message(OnnxFields.GraphInitializer, initializer);
        }

        _graph.Message(OnnxFields.GraphInput, ImageValue(Input, 3, "height", "width"));
        foreach (ProtoWriter output in _outputs)
        {
            _graph.Message(OnnxFields.GraphOutput, output);
        }

        var operatorSet = new ProtoWriter();
        operatorSet.Int64(OnnxFields.OperatorSetVersion, OperatorSet);
        var model = new ProtoWriter();
        model.Int64(OnnxFields.ModelIrVersion, IrVersion);
        model.Text(OnnxFields.ModelProducer, "SemiDefect.Anomaly");
        model.Message(OnnxFields.ModelGraph, _graph);
        model.Message(OnnxFields.ModelOperatorSet, operatorSet);
        model.WriteTo(stream);
    }

    /// <summary>
    /// A float32 tensor [n, channels, height, width] as an input or output; n, height and width are dynamic.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="channels">Its number of channels, or null if it is dynamic.</param>
    /// <param name="height">The name of the dynamic height.</param>
    /// <param name="width">The name of the dynamic width.</param>
    internal static ProtoWriter ImageValue(string name, int? channels, string height, string width)
    {
        var shape = new ProtoWriter();
        shape.Message(OnnxFields.ShapeDimension, Dynamic("n"));
        shape.Message(OnnxFields.ShapeDimension, channels is { } count ? Fixed(count) : Dynamic($"{name}_channels"));
        shape.Message(OnnxFields.ShapeDimension, Dynamic(height));
        shape.Message(OnnxFields.ShapeDimension, Dynamic(width));
        var tensor = new ProtoWriter();
        tensor.Int64(OnnxFields.TensorTypeElement, OnnxFields.Float32);
        tensor.Message(OnnxFields.TensorTypeShape, shape);
        var type = new ProtoWriter();
        type.Message(OnnxFields.TypeTensor, tensor);
        var value = new ProtoWriter();
        value.Text(OnnxFields.ValueName, name);
        value.Message(OnnxFields.ValueType, type);
        return value;
    }

    private static ProtoWriter Fixed(int size)
    {
        var dimension = new ProtoWriter();
        dimension.Int64(OnnxFields.DimensionValue, size);
        return dimension;
    }

    private static ProtoWriter Dynamic(string name)
    {
        var dimension = new ProtoWriter();
        dimension.Text(OnnxFields.DimensionParameter, name);
        return dimension;
    }

    private static ProtoWriter Attribute(string name, object value)
    {
        var attribute = new ProtoWriter();
        attribute.Text(OnnxFields.AttributeName, name);
        switch (value)
        {
            case float number:
                attribute.Float(OnnxFields.AttributeFloat, number);
                attribute.Int64(OnnxFields.AttributeType, OnnxFields.AttributeTypeFloat);
                break;
            case long number:
                attribute.Int64(OnnxFields.AttributeInteger, number);
                attribute.Int64(OnnxFields.AttributeType, OnnxFields.AttributeTypeInteger);
                break;
            default:
                foreach (long number in (long[])value)
                {
                    attribute.Int64(OnnxFields.AttributeIntegers, number);
                }

                attribute.Int64(OnnxFields.AttributeType, OnnxFields.AttributeTypeIntegers);
                break;
        }

        return attribute;
    }
}
