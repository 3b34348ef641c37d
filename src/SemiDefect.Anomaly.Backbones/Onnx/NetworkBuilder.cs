using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>
/// Builds a convolutional network layer by layer and tracks channels, strides and multiply-adds. The caller names the
/// layers; the name of a layer is the name of its tensor. Not thread-safe.
/// </summary>
internal sealed class NetworkBuilder
{
    private readonly OnnxGraphBuilder _graph;
    private readonly List<BackboneTap> _taps = [];

    /// <summary>Starts a network whose input is an RGB image.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isHalf">Whether weights are stored as float16; see <see cref="OnnxGraphBuilder"/>.</param>
    public NetworkBuilder(string name, bool isHalf = false) => _graph = new OnnxGraphBuilder(name, isHalf);

    /// <summary>The image input.</summary>
    public static Layer Input => new(OnnxGraphBuilder.Input, 3, 1);

    /// <summary>The outputs, in the order in which they were added.</summary>
    public IReadOnlyList<BackboneTap> Taps => _taps;

    /// <summary>Number of multiplications by the weights of the convolutions so far, for one 224 x 224 image.</summary>
    public long MultiplyAdds224 { get; private set; }

    /// <summary>A convolution, padded with zeros so that stride 1 keeps the size (odd kernels).</summary>
    /// <param name="name">Its name; the constants are named NAME.weight and NAME.bias.</param>
    /// <param name="input">The input layer.</param>
    /// <param name="convolution">Its shape.</param>
    /// <param name="weight">channels x (input channels / groups) x kernel x kernel values.</param>
    /// <param name="bias">One value per channel, or null for none.</param>
    /// <param name="output">The name of the layer, if it differs from that of the constants.</param>
    public Layer Convolution(
        string name,
        Layer input,
        ConvolutionShape convolution,
        ITensorContent weight,
        ITensorContent? bias = null,
        string? output = null)
    {
        (int channels, int kernel, int stride, int groups) = convolution;
        int depth = input.Channels / groups;
        string weightName = _graph.Constant($"{name}.weight", [channels, depth, kernel, kernel], weight);
        string[] inputs = bias is null
            ? [input.Name, weightName]
            : [input.Name, weightName, _graph.Constant($"{name}.bias", [channels], bias)];

        long padding = kernel / 2;
        _graph.Node(
            "Conv",
            output ?? name,
            inputs,
            ("kernel_shape", new long[] { kernel, kernel }),
            ("strides", new long[] { stride, stride }),
            ("pads", new[] { padding, padding, padding, padding }),
            ("group", (long)groups));
        var layer = new Layer(output ?? name, channels, input.Stride * stride);
        long side = layer.Stride > 0 ? 224 / layer.Stride : 1;
        MultiplyAdds224 += side * side * channels * depth * kernel * kernel;
        return layer;
    }

    /// <summary>An elementwise operator with one input.</summary>
    public Layer Elementwise(string operation, string name, Layer input) =>
        input with { Name = _graph.Node(operation, name, [input.Name]) };

    /// <summary>An elementwise operator with two inputs.</summary>
    public Layer Elementwise(string operation, string name, Layer first, Layer second) =>
        first with { Name = _graph.Node(operation, name, [first.Name, second.Name]) };

    /// <summary>
    /// Batch normalization with fixed statistics: factor * (value - mean) / sqrt(variance + epsilon) + term.
    /// </summary>
    /// <param name="name">
    /// Its name; the constants are named NAME.weight, NAME.bias, NAME.mean and NAME.variance.
    /// </param>
    /// <param name="input">The input layer.</param>
    /// <param name="constants">Factor, term, mean and variance, one value per channel each.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public Layer BatchNormalization(
        string name,
        Layer input,
        (ITensorContent Factor, ITensorContent Term, ITensorContent Mean, ITensorContent Variance) constants,
        float epsilon)
    {
        int[] shape = [input.Channels];
        string[] inputs =
        [
            input.Name,
            _graph.Constant($"{name}.weight", shape, constants.Factor),
            _graph.Constant($"{name}.bias", shape, constants.Term),
            _graph.Constant($"{name}.mean", shape, constants.Mean),
            _graph.Constant($"{name}.variance", shape, constants.Variance),
        ];
        return input with { Name = _graph.Node("BatchNormalization", name, inputs, ("epsilon", epsilon)) };
    }

    /// <summary>Average pooling over adjacent size x size squares; incomplete squares are ignored.</summary>
    public Layer AveragePool(string name, Layer input, int size) =>
        new(
            _graph.Node(
                "AveragePool",
                name,
                [input.Name],
                ("kernel_shape", new long[] { size, size }),
                ("strides", new long[] { size, size })),
            input.Channels,
            input.Stride * size);

    /// <summary>3 x 3 max pooling with stride 2 and a padded border.</summary>
    public Layer MaxPool(string name, Layer input) =>
        new(
            _graph.Node(
                "MaxPool",
                name,
                [input.Name],
                ("kernel_shape", new long[] { 3, 3 }),
                ("strides", new long[] { 2, 2 }),
                ("pads", new long[] { 1, 1, 1, 1 })),
            input.Channels,
            input.Stride * 2);

    /// <summary>The mean of each channel. Its stride is 0, because there is no grid anymore.</summary>
    public Layer GlobalAverage(string name, Layer input) =>
        new(_graph.Node("GlobalAveragePool", name, [input.Name]), input.Channels, 0);

    /// <summary>Concatenates the channels of all inputs.</summary>
    public Layer Concatenate(string name, params ReadOnlySpan<Layer> inputs)
    {
        string[] names = new string[inputs.Length];
        int channels = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            names[i] = inputs[i].Name;
            channels += inputs[i].Channels;
        }

        return new Layer(_graph.Node("Concat", name, names, ("axis", 1L)), channels, inputs[0].Stride);
    }

    /// <summary>Makes a layer an output.</summary>
    public void Tap(Layer layer)
    {
        _graph.Output(layer.Name, layer.Channels);
        _taps.Add(new BackboneTap(layer.Name, layer.Channels, layer.Stride));
    }

    /// <summary>Writes the model. The builder cannot be used afterwards.</summary>
    public void WriteTo(Stream stream) => _graph.WriteTo(stream);
}
