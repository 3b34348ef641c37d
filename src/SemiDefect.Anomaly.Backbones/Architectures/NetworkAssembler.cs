using SemiDefect.Anomaly.Backbones.Onnx;

namespace SemiDefect.Anomaly.Backbones.Architectures;

/// <summary>
/// What architectures are described in: layers named as torchvision's modules, weights from a state dict, and the
/// outputs that were asked for. Not thread-safe.
/// </summary>
internal sealed class NetworkAssembler(NetworkBuilder network, StateDict weights, IReadOnlyList<string> taps)
{
    private readonly HashSet<string> _missing = new(taps, StringComparer.Ordinal);
    private readonly Dictionary<string, Layer> _found = new(StringComparer.Ordinal);

    /// <summary>Whether all taps have been reached, so that nothing more is needed.</summary>
    public bool IsComplete => _missing.Count == 0;

    /// <summary>A convolution with the batch normalization after it.</summary>
    /// <param name="input">What it sees.</param>
    /// <param name="convolution">The module of the convolution.</param>
    /// <param name="normalization">The module of the batch normalization.</param>
    /// <param name="shape">The shape of the convolution.</param>
    /// <param name="output">The name of the result; the convolution's unless given.</param>
    public Layer ConvolutionAndNorm(Layer input, string convolution, string normalization, ConvolutionShape shape, string? output = null)
    {
        (ITensorContent weight, ITensorContent bias) = weights.FoldedConvolution(convolution, normalization, shape.Channels, input.Channels / shape.Groups, shape.Kernel, shape.Kernel);
        return network.Convolution(convolution, input, shape, weight, bias, output);
    }

    /// <summary>A convolution with a bias of its own.</summary>
    public Layer Convolution(Layer input, string module, ConvolutionShape shape)
    {
        (ITensorContent weight, ITensorContent bias) = weights.Convolution(module, shape.Channels, input.Channels / shape.Groups, shape.Kernel, shape.Kernel);
        return network.Convolution(module, input, shape, weight, bias);
    }

    /// <summary>A convolution without a bias.</summary>
    public Layer PlainConvolution(Layer input, string module, ConvolutionShape shape) =>
        network.Convolution(module, input, shape, weights.Content($"{module}.weight", shape.Channels, input.Channels / shape.Groups, shape.Kernel, shape.Kernel));

    /// <summary>A batch normalization that no convolution can take in, and what is negative set to zero.</summary>
    public Layer NormAndRelu(Layer input, string module, string output) =>
        network.Elementwise("Relu", output, Norm(input, module));

    /// <summary>A batch normalization that no convolution can take in.</summary>
    public Layer Norm(Layer input, string module) =>
        network.BatchNormalization(module, input, weights.Normalization(module, input.Channels), StateDict.Epsilon);

    /// <summary>max(0, x).</summary>
    public Layer Relu(Layer input, string output) => network.Elementwise("Relu", output, input);

    /// <summary>1 / (1 + exp(-x)).</summary>
    public Layer Sigmoid(Layer input, string output) => network.Elementwise("Sigmoid", output, input);

    /// <summary>x * sigmoid(x).</summary>
    public Layer Silu(Layer input, string output) => network.Elementwise("Mul", output, input, Sigmoid(input, $"{output}.sigmoid"));

    /// <summary>The sum of two layers.</summary>
    public Layer Add(Layer first, Layer second, string output) => network.Elementwise("Add", output, first, second);

    /// <summary>Each channel of the first times the second's one value for it.</summary>
    public Layer Multiply(Layer first, Layer second, string output) => network.Elementwise("Mul", output, first, second);

    /// <summary>3 x 3 maxima at stride 2.</summary>
    public Layer MaxPool(Layer input, string output) => network.MaxPool(output, input);

    /// <summary>2 x 2 means at stride 2.</summary>
    public Layer AveragePool(Layer input, string output) => network.AveragePool(output, input, 2);

    /// <summary>One mean per channel.</summary>
    public Layer GlobalAverage(Layer input, string output) => network.GlobalAverage(output, input);

    /// <summary>The channels of both.</summary>
    public Layer Concatenate(Layer first, Layer second, string output) => network.Concatenate(output, first, second);

    /// <summary>
    /// The name to give to the tensor that leaves a module: that under which it was asked for as a tap, if it was.
    /// </summary>
    /// <param name="modules">The module, and those that end with it.</param>
    public string NameOf(params ReadOnlySpan<string> modules)
    {
        foreach (string module in modules)
        {
            if (taps.Contains(module, StringComparer.Ordinal))
            {
                return module;
            }
        }

        return modules[0];
    }

    /// <summary>Notes that a tensor leaves these modules.</summary>
    /// <returns>Whether all taps have been reached.</returns>
    public bool Leave(Layer layer, params ReadOnlySpan<string> modules)
    {
        foreach (string module in modules)
        {
            if (_missing.Remove(module))
            {
                // One tensor may leave two modules that were both asked for.
                _found[module] = layer.Name == module ? layer : network.Elementwise("Identity", module, layer);
            }
        }

        return IsComplete;
    }

    /// <summary>Makes the taps outputs, in the order in which they were asked for.</summary>
    public void Finish()
    {
        foreach (string tap in taps)
        {
            network.Tap(_found[tap]);
        }
    }
}
