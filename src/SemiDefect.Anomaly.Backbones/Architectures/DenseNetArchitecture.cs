using SemiDefect.Anomaly.Backbones.Onnx;

namespace SemiDefect.Anomaly.Backbones.Architectures;

/// <summary>
/// DenseNet-BC with growth rate 32 (Huang et al. 2017) as in torchvision.models.densenet. Immutable and thread-safe.
/// </summary>
/// <param name="Name">torchvision's name of the network.</param>
/// <param name="Blocks">The number of layers in each of the four dense blocks.</param>
internal sealed record DenseNetArchitecture(string Name, int[] Blocks)
    : Architecture(Name)
{
    private const int Growth = 32;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Taps =>
    [
        "features.relu0",
        "features.pool0",
        "features.denseblock1",
        "features.transition1",
        "features.denseblock2",
        "features.transition2",
        "features.denseblock3",
        "features.transition3",
        "features.denseblock4",
        "features.norm5",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> DefaultTaps => ["features.denseblock2", "features.denseblock3"];

    /// <inheritdoc/>
    public override void Assemble(NetworkAssembler network)
    {
        Layer layer = network.ConvolutionAndNorm(
            NetworkBuilder.Input, "features.conv0", "features.norm0", new ConvolutionShape(64, 7, 2));
        layer = network.Relu(layer, "features.relu0");
        if (network.Leave(layer, "features.relu0"))
        {
            return;
        }

        layer = network.MaxPool(layer, "features.pool0");
        if (network.Leave(layer, "features.pool0"))
        {
            return;
        }

        for (int block = 1; block <= Blocks.Length; block++)
        {
            string module = $"features.denseblock{block}";
            layer = DenseBlock(network, layer, module, Blocks[block - 1]);
            if (network.Leave(layer, module))
            {
                return;
            }

            if (block < Blocks.Length)
            {
                module = $"features.transition{block}";
                layer = Transition(network, layer, module);
                if (network.Leave(layer, module))
                {
                    return;
                }
            }
        }

        network.Leave(network.Norm(layer, "features.norm5"), "features.norm5");
    }

    private static Layer DenseBlock(NetworkAssembler network, Layer input, string module, int count)
    {
        Layer all = input;
        for (int i = 1; i <= count; i++)
        {
            string layer = $"{module}.denselayer{i}";
            Layer narrow = network.NormAndRelu(all, $"{layer}.norm1", $"{layer}.relu1");
            narrow = network.ConvolutionAndNorm(
                narrow, $"{layer}.conv1", $"{layer}.norm2", new ConvolutionShape(4 * Growth, 1));
            narrow = network.Relu(narrow, $"{layer}.relu2");
            Layer grown = network.PlainConvolution(narrow, $"{layer}.conv2", new ConvolutionShape(Growth, 3));
            all = network.Concatenate(all, grown, i == count ? module : $"{layer}.all");
        }

        return all;
    }

    private static Layer Transition(NetworkAssembler network, Layer input, string module)
    {
        Layer layer = network.NormAndRelu(input, $"{module}.norm", $"{module}.relu");
        layer = network.PlainConvolution(layer, $"{module}.conv", new ConvolutionShape(input.Channels / 2, 1));
        return network.AveragePool(layer, module);
    }
}
