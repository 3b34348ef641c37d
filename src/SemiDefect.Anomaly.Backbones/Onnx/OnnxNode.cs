using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>
/// A node of a graph that was read: its name, inputs and outputs. Immutable and thread-safe after reading.
/// </summary>
internal sealed class OnnxNode
{
    private const int DeepestGraph = 16;

    private readonly List<string> _inputs = [];
    private readonly List<string> _outputs = [];
    private readonly List<ProtoField> _attributes = [];

    private OnnxNode(ProtoField field) => Field = field;

    /// <summary>The unmodified field of the file.</summary>
    public ProtoField Field { get; }

    /// <summary>Its name; often empty.</summary>
    public string Name { get; private set; } = string.Empty;

    /// <summary>Its operator.</summary>
    public string Operator { get; private set; } = string.Empty;

    /// <summary>Its attributes, as unmodified fields of the file.</summary>
    public IReadOnlyList<ProtoField> Attributes => _attributes;

    /// <summary>Its input tensors, including those that nested graphs take from outside.</summary>
    public IReadOnlyList<string> Inputs => _inputs;

    /// <summary>Its output tensors; an empty name stands for an omitted output.</summary>
    public IReadOnlyList<string> Outputs => _outputs;

    /// <summary>Reads a node.</summary>
    /// <exception cref="BackboneException">The bytes are damaged.</exception>
    public static OnnxNode Read(ProtoField field)
    {
        var node = new OnnxNode(field);
        node.AddFields(field.Content, 0);
        return node;
    }

    private void AddFields(ReadOnlyMemory<byte> content, int depth)
    {
        if (depth > DeepestGraph)
        {
            throw new BackboneException(
                "The network has graphs inside graphs, more than 16 deep: export it without them.");
        }

        foreach (ProtoField field in ProtoField.Read(content))
        {
            switch (field.Number)
            {
                case OnnxFields.NodeInput:
                    _inputs.Add(field.Text);
                    break;
                case OnnxFields.NodeOutput when depth == 0:
                    _outputs.Add(field.Text);
                    break;
                case OnnxFields.NodeName when depth == 0:
                    Name = field.Text;
                    break;
                case OnnxFields.NodeOperator when depth == 0:
                    Operator = field.Text;
                    break;
                case OnnxFields.NodeAttribute:
                    if (depth == 0)
                    {
                        _attributes.Add(field);
                    }

                    AddAttribute(field.Content, depth);
                    break;
            }
        }
    }

    private void AddAttribute(ReadOnlyMemory<byte> attribute, int depth)
    {
        foreach (ProtoField graph
            in ProtoField.Read(attribute)
                .Where(field => field.Number is OnnxFields.AttributeGraph or OnnxFields.AttributeGraphs))
        {
            foreach (ProtoField field in ProtoField.Read(graph.Content))
            {
                // Names and outputs of nested nodes are listed as well, which does no harm: nothing outside produces
                // them.
                if (field.Number == OnnxFields.GraphNode)
                {
                    AddFields(field.Content, depth + 1);
                }
                else if (field.Number == OnnxFields.GraphOutput)
                {
                    _inputs.AddRange(
                        ProtoField.Read(field.Content)
                            .Where(inner => inner.Number == OnnxFields.ValueName)
                            .Select(inner => inner.Text));
                }
            }
        }
    }
}
