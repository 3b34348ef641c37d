using SemiDefect.Anomaly.Backbones.Onnx;

namespace SemiDefect.Anomaly.Backbones.Architectures;

/// <summary>
/// ResNet (He et al. 2016), Wide ResNet (Zagoruyko and Komodakis 2016) and ResNeXt (Xie et al. 2017) as in
/// torchvision.models.resnet: the 3 x 3 convolution of a bottleneck has the stride. Immutable and thread-safe.
/// </summary>
/// <param name="Name">torchvision's name of the network.</param>
/// <param name="Blocks">The number of blocks in each of the four layers.</param>
/// <param name="Bottleneck">Blocks of 1 x 1, 3 x 3, 1 x 1 convolutions instead of two of 3 x 3.</param>
/// <param name="Groups">Number of groups of the 3 x 3 convolution of a bottleneck.</param>
/// <param name="GroupWidth">Number of channels of each group in the first layer.</param>
internal sealed record ResNetArchitecture(
    string Name,
    int[] Blocks,
    bool Bottleneck = true,
    int Groups = 1,
    int GroupWidth = 64)
    : Architecture(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Taps =>
    [
        "relu",
        "maxpool",
        .. Blocks.SelectMany((count, layer) =>
            Enumerable.Range(0, count).Select(block => $"layer{layer + 1}.{block}").Append($"layer{layer + 1}")),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> DefaultTaps => ["layer2", "layer3"];

    /// <inheritdoc/>
    public override void Assemble(NetworkAssembler network)
    {
        Layer layer = network.ConvolutionAndNorm(NetworkBuilder.Input, "conv1", "bn1", new ConvolutionShape(64, 7, 2));
        layer = network.Relu(layer, "relu");
        if (network.Leave(layer, "relu"))
        {
            return;
        }

        layer = network.MaxPool(layer, "maxpool");
        if (network.Leave(layer, "maxpool"))
        {
            return;
        }

        for (int stage = 0; stage < Blocks.Length; stage++)
        {
            for (int block = 0; block < Blocks[stage]; block++)
            {
                string module = $"layer{stage + 1}.{block}";
                string[] modules = block == Blocks[stage] - 1 ? [module, $"layer{stage + 1}"] : [module];
                layer = Block(
                    network, layer, module, 64 << stage, stage > 0 && block == 0 ? 2 : 1, network.NameOf(modules));
                if (network.Leave(layer, modules))
                {
                    return;
                }
            }
        }
    }

    private Layer Block(NetworkAssembler network, Layer input, string module, int planes, int stride, string output)
    {
        int channels = Bottleneck ? planes * 4 : planes;
        Layer shortcut = stride == 1 && input.Channels == channels
            ? input
            : network.ConvolutionAndNorm(
                input, $"{module}.downsample.0", $"{module}.downsample.1", new ConvolutionShape(channels, 1, stride));
        int width = planes * GroupWidth / 64 * Groups;
        ConvolutionShape[] shapes = Bottleneck
            ? [new(width, 1), new(width, 3, stride, Groups), new(channels, 1)]
            : [new(planes, 3, stride), new(planes, 3)];
        Layer layer = input;
        for (int i = 0; i < shapes.Length; i++)
        {
            layer = network.ConvolutionAndNorm(layer, $"{module}.conv{i + 1}", $"{module}.bn{i + 1}", shapes[i]);
            if (i < shapes.Length - 1)
            {
                layer = network.Relu(layer, $"{module}.relu{i + 1}");
            }
        }

        return network.Relu(network.Add(layer, shortcut, $"{module}.add"), output);
    }
}
