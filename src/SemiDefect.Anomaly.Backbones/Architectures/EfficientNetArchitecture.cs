using SemiDefect.Anomaly.Backbones.Onnx;

namespace SemiDefect.Anomaly.Backbones.Architectures;

/// <summary>
/// EfficientNet of width 1 (Tan and Le 2019) as in torchvision.models.efficientnet. Immutable and thread-safe.
/// </summary>
/// <param name="Name">torchvision's name of the network.</param>
/// <param name="Depths">The number of blocks in each of the seven stages.</param>
internal sealed record EfficientNetArchitecture(string Name, int[] Depths)
    : Architecture(Name)
{
    private static readonly (int Expansion, int Kernel, int Stride, int Channels)[] Stages =
    [
        (1, 3, 1, 16),
        (6, 3, 2, 24),
        (6, 5, 2, 40),
        (6, 3, 2, 80),
        (6, 5, 1, 112),
        (6, 5, 2, 192),
        (6, 3, 1, 320),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Taps =>
    [
        "features.0",
        .. Depths.SelectMany((count, stage) =>
            Enumerable.Range(0, count)
                .Select(block => $"features.{stage + 1}.{block}")
                .Append($"features.{stage + 1}")),
        "features.8",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> DefaultTaps => ["features.3", "features.5"];

    /// <inheritdoc/>
    public override void Assemble(NetworkAssembler network)
    {
        Layer layer = network.ConvolutionAndNorm(
            NetworkBuilder.Input, "features.0.0", "features.0.1", new ConvolutionShape(32, 3, 2));
        layer = network.Silu(layer, "features.0");
        if (network.Leave(layer, "features.0"))
        {
            return;
        }

        for (int stage = 0; stage < Depths.Length; stage++)
        {
            for (int block = 0; block < Depths[stage]; block++)
            {
                string module = $"features.{stage + 1}.{block}";
                string[] modules = block == Depths[stage] - 1 ? [module, $"features.{stage + 1}"] : [module];
                layer = Block(
                    network, layer, module, stage, block == 0 ? Stages[stage].Stride : 1, network.NameOf(modules));
                if (network.Leave(layer, modules))
                {
                    return;
                }
            }
        }

        layer = network.ConvolutionAndNorm(
            layer, "features.8.0", "features.8.1", new ConvolutionShape(4 * layer.Channels, 1));
        network.Leave(network.Silu(layer, "features.8"), "features.8");
    }

    private static Layer Block(
        NetworkAssembler network,
        Layer input,
        string module,
        int stage,
        int stride,
        string output)
    {
        (int expansion, int kernel, _, int channels) = Stages[stage];
        Layer layer = input;
        int part = 0;
        if (expansion > 1)
        {
            layer = ConvolutionAndSilu(
                network, layer, $"{module}.block.{part++}", new ConvolutionShape(input.Channels * expansion, 1));
        }

        layer = ConvolutionAndSilu(
            network,
            layer,
            $"{module}.block.{part++}",
            new ConvolutionShape(layer.Channels, kernel, stride, layer.Channels));
        layer = SqueezeAndExcite(network, layer, $"{module}.block.{part++}", Math.Max(1, input.Channels / 4));
        bool residual = stride == 1 && input.Channels == channels;
        string last = $"{module}.block.{part}";
        layer = network.ConvolutionAndNorm(
            layer, $"{last}.0", $"{last}.1", new ConvolutionShape(channels, 1), residual ? null : output);
        return residual ? network.Add(layer, input, output) : layer;
    }

    private static Layer ConvolutionAndSilu(
        NetworkAssembler network,
        Layer input,
        string module,
        ConvolutionShape shape) =>
        network.Silu(network.ConvolutionAndNorm(input, $"{module}.0", $"{module}.1", shape), module);

    private static Layer SqueezeAndExcite(NetworkAssembler network, Layer input, string module, int squeezed)
    {
        Layer gate = network.GlobalAverage(input, $"{module}.avgpool");
        gate = network.Silu(
            network.Convolution(gate, $"{module}.fc1", new ConvolutionShape(squeezed, 1)), $"{module}.activation");
        gate = network.Sigmoid(
            network.Convolution(gate, $"{module}.fc2", new ConvolutionShape(input.Channels, 1)),
            $"{module}.scale_activation");
        return network.Multiply(input, gate, module);
    }
}
