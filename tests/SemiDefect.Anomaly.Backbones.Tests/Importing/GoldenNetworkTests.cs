using System.Security.Cryptography;
using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.Backbones.Tests.Support;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Backbones.Tests.Importing;

public sealed class GoldenNetworkTests
{
    [Theory]
    [InlineData("resnet18", "layer2", "layer3")]
    [InlineData("resnet34", "layer2", "layer3")]
    [InlineData("resnet50", "layer3")]
    [InlineData("resnet101", "layer3")]
    [InlineData("wide_resnet50_2", "layer3")]
    [InlineData("wide_resnet101_2", "layer2")]
    [InlineData("resnext50_32x4d", "layer2", "layer3")]
    [InlineData("resnext101_32x8d", "layer3")]
    [InlineData("efficientnet_b0", "features.3", "features.5", "features.8")]
    [InlineData("efficientnet_b1", "features.3", "features.5")]
    [InlineData("densenet121", "features.denseblock2", "features.denseblock3")]
    [InlineData("densenet201", "features.denseblock2", "features.denseblock3", "features.norm5")]
    [Trait("Speed", "Slow")]
    public void Features_equal_torch_on_32_pixels(string architecture, params string[] taps)
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("weights.safetensors");
        WeightFiles.WriteSafetensors(weights, FormulaWeights.StateDict(architecture, taps));
        string network = folder.File("network.onnx");
        BackboneImporter.FromWeights(weights, architecture, network, new BackboneImportOptions { Taps = taps });
        AssertFeatures(
            network, FormulaWeights.Input(1, 32), 1, 32, tap => FormulaWeights.GoldenPath($"{architecture}.{tap}.npy"));
    }

    [Fact]
    public void The_embedded_network_equals_torch_and_keeps_its_limits()
    {
        string network = Path.Combine(Repository.Root, "backbones", $"{BackboneFile.DefaultName}.onnx");
        AssertFeatures(
            network,
            FormulaWeights.Input(1, 32),
            1,
            32,
            tap => FormulaWeights.GoldenPath($"{BackboneFile.DefaultName}.{tap}.npy"));

        byte[] content = File.ReadAllBytes(network);
        BackboneManifest manifest = BackboneFile.Open(BackboneFile.DefaultName).Manifest!;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), manifest.Sha256);
        Assert.InRange(content.Length, 1, 12_000_000);
        Assert.InRange(manifest.MultiplyAdds224, 1, 700_000_000);
        Assert.Contains("CC BY", manifest.Notice, StringComparison.Ordinal);
    }

    [SharedFact]
    public void ResNet18_equals_the_reference() => AssertAllFormats("resnet18", "layer1", "layer2", "layer3");

    [SharedFact]
    [Trait("Speed", "Slow")]
    public void ResNet50_equals_the_reference() => AssertAllFormats("resnet50", "layer2", "layer3");

    [SharedFact]
    [Trait("Speed", "Slow")]
    public void WideResNet50_equals_the_reference() => AssertAllFormats("wide_resnet50_2", "layer2", "layer3");

    [SharedFact]
    [Trait("Speed", "Slow")]
    public void WideResNet101_equals_the_reference() => AssertAllFormats("wide_resnet101_2", "layer2", "layer3");

    [SharedFact]
    public void EfficientNetB1_equals_the_reference() =>
        AssertAllFormats("efficientnet_b1", "features.3", "features.5");

    [SharedFact]
    [Trait("Speed", "Slow")]
    public void DenseNet121_equals_the_reference() =>
        AssertAllFormats("densenet121", "features.denseblock2", "features.denseblock3");

    private static void AssertAllFormats(string architecture, params string[] taps)
    {
        using var folder = new TemporaryFolder();
        IReadOnlyList<NamedTensor> tensors = FormulaWeights.StateDict(architecture, taps);
        (string Name, Action<string, IReadOnlyList<NamedTensor>> Write)[] formats =
        [
            ("weights.safetensors", WeightFiles.WriteSafetensors),
            ("weights.pth", WeightFiles.WriteTorchZip),
            ("legacy.pth", WeightFiles.WriteTorchLegacy),
        ];
        var hashes = new HashSet<string>();
        foreach ((string name, Action<string, IReadOnlyList<NamedTensor>> write) in formats)
        {
            string weights = folder.File(name);
            write(weights, tensors);
            hashes.Add(
                BackboneImporter.FromWeights(
                    weights,
                    architecture,
                    folder.File("network.onnx"),
                    new BackboneImportOptions { Taps = taps }).Sha256);
            File.Delete(weights);
        }

        Assert.Single(hashes);
        AssertFeatures(
            folder.File("network.onnx"),
            FormulaWeights.Input(2, 64),
            2,
            64,
            tap => Repository.SharedPath($"golden/backbones/{architecture}.{tap}.npy"));
    }

    private static void AssertFeatures(
        string network,
        float[] input,
        int images,
        int side,
        Func<string, string> goldenPath)
    {
        BackboneFile file = BackboneFile.Open(network);
        using OnnxBackbone backbone = OnnxBackbone.Load(file);
        foreach (FeatureMap map in backbone.Extract(input, images, side, side))
        {
            (int[] shape, float[] expected) = NpyFile.Read<float>(goldenPath(map.Tap));
            Assert.Equal([map.Images, map.Channels, map.Height, map.Width], shape);
            BackboneTap tap = file.Manifest!.Taps.Single(tap => tap.Name == map.Tap);
            Assert.Equal((map.Channels, side / map.Height), (tap.Channels, tap.Stride));
            double scale = Math.Sqrt(expected.Average(value => (double)value * value));
            for (int i = 0; i < expected.Length; i++)
            {
                double error = Math.Abs((double)expected[i] - map.Values[i]);
                Assert.True(
                    error <= 1e-4 * Math.Max(scale, Math.Abs(expected[i])),
                    $"{map.Tap}[{i}] is {map.Values[i]:R} instead of {expected[i]:R}");
            }
        }
    }
}
