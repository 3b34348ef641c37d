using SemiDefect.Anomaly.Backbones.Onnx;

namespace SemiDefect.Anomaly.Backbones.Architectures;

/// <summary>
/// The building blocks of architectures: layers named like torchvision's modules, weights from a state dict, and the
/// requested outputs. Not thread-safe.
/// </summary>
internal sealed class NetworkAssembler(NetworkBuilder network, StateDict weights, IReadOnlyList<string> taps)
{
    private readonly HashSet<string> _missing = new(taps, StringComparer.Ordinal);
    private readonly Dictionary<string, Layer> _found = new(StringComparer.Ordinal);

    /// <summary>Whether all taps have been reached, so that no further layers are needed.</summary>
    public bool IsComplete => _missing.Count == 0;

    /// <summary>A convolution followed by batch normalization.</summary>
    /// <param name="input">The input layer.</param>
    /// <param name="convolution">The module of the convolution.</param>
    /// <param name="normalization">The module of the batch normalization.</param>
    /// <param name="shape">The shape of the convolution.</param>
    /// <param name="output">The name of the result; defaults to that of the convolution.</param>
    public Layer ConvolutionAndNorm(
        Layer input,
        string convolution,
        string normalization,
        ConvolutionShape shape,
        string? output = null)
    {
        (ITensorContent weight, ITensorContent bias) = weights.FoldedConvolution(
            convolution, normalization, shape.Channels, input.Channels / shape.Groups, shape.Kernel, shape.Kernel);
        return network.Convolution(convolution, input, shape, weight, bias, output);
    }

    /// <summary>A convolution with its own bias.</summary>
    public Layer Convolution(Layer input, string module, ConvolutionShape shape)
    {
        (ITensorContent weight, ITensorContent bias) =
            weights.Convolution(module, shape.Channels, input.Channels / shape.Groups, shape.Kernel, shape.Kernel);
        return network.Convolution(module, input, shape, weight, bias);
    }

    /// <summary>A convolution without a bias.</summary>
    public Layer PlainConvolution(Layer input, string module, ConvolutionShape shape) =>
        network.Convolution(
            module,
            input,
            shape,
            weights.Content(
                $"{module}.weight", shape.Channels, input.Channels / shape.Groups, shape.Kernel, shape.Kernel));

    /// <summary>A batch normalization that cannot be folded into a convolution, followed by ReLU.</summary>
    public Layer NormAndRelu(Layer input, string module, string output) =>
        network.Elementwise("Relu", output, Norm(input, module));

    /// <summary>A batch normalization that cannot be folded into a convolution.</summary>
    public Layer Norm(Layer input, string module) =>
        network.BatchNormalization(module, input, weights.Normalization(module, input.Channels), StateDict.Epsilon);

    /// <summary>max(0, x).</summary>
    public Layer Relu(Layer input, string output) => network.Elementwise("Relu", output, input);

    /// <summary>1 / (1 + exp(-x)).</summary>
    public Layer Sigmoid(Layer input, string output) => network.Elementwise("Sigmoid", output, input);

    /// <summary>x * sigmoid(x).</summary>
    public Layer Silu(Layer input, string output) =>
        network.Elementwise("Mul", output, input, Sigmoid(input, $"{output}.sigmoid"));

    /// <summary>The sum of two layers.</summary>
    public Layer Add(Layer first, Layer second, string output) => network.Elementwise("Add", output, first, second);

    /// <summary>Multiplies each channel of the first layer by the single value that the second has for it.</summary>
    public Layer Multiply(Layer first, Layer second, string output) =>
        network.Elementwise("Mul", output, first, second);

    /// <summary>3 x 3 max pooling with stride 2.</summary>
    public Layer MaxPool(Layer input, string output) => network.MaxPool(output, input);

    /// <summary>2 x 2 average pooling with stride 2.</summary>
    public Layer AveragePool(Layer input, string output) => network.AveragePool(output, input, 2);

    /// <summary>Global average pooling: one mean per channel.</summary>
    public Layer GlobalAverage(Layer input, string output) => network.GlobalAverage(output, input);

    /// <summary>Concatenates the channels of both layers.</summary>
    public Layer Concatenate(Layer first, Layer second, string output) => network.Concatenate(output, first, second);

    /// <summary>The name for the output tensor of a module: the name of the tap if it was requested as one.</summary>
    /// <param name="modules">The module, and the modules that end with it.</param>
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

    /// <summary>Records that a tensor is the output of these modules.</summary>
    /// <returns>Whether all taps have been reached.</returns>
    public bool Leave(Layer layer, params ReadOnlySpan<string> modules)
    {
        foreach (string module in modules)
        {
            if (_missing.Remove(module))
            {
                // One tensor may be the output of two modules that were both requested.
                _found[module] = layer.Name == module ? layer : network.Elementwise("Identity", module, layer);
            }
        }

        return IsComplete;
    }

    /// <summary>Makes the taps outputs of the network, in the requested order.</summary>
    public void Finish()
    {
        foreach (string tap in taps)
        {
            network.Tap(_found[tap]);
        }
    }
}
