using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.Backbones.Tests.Support;
using SemiDefect.Anomaly.Backbones.Weights;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Backbones.Tests.Importing;

public sealed class BackboneImporterTests
{
    [SharedFact]
    public void Folded_ResNet18_weights_give_the_features_of_the_network_exported_from_torch()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("resnet18.onnx");
        string[] taps = ["layer1", "layer2", "layer3"];
        BackboneImporter.FromWeights(
            Repository.SharedPath("backbones/resnet18-layer1-3.safetensors"),
            "resnet18",
            path,
            new BackboneImportOptions { Taps = taps });
        using OnnxBackbone imported = OnnxBackbone.Load(BackboneFile.Open(path));
        using OnnxBackbone exported = OnnxBackbone.Load(
            BackboneFile.Open(Repository.SharedPath("backbones/resnet18-layer1-3.onnx")),
            new OnnxBackboneOptions { Taps = taps });
        float[] input = FormulaWeights.Input(2, 96);
        IReadOnlyList<FeatureMap> expected = exported.Extract(input, 2, 96, 96);
        IReadOnlyList<FeatureMap> actual = imported.Extract(input, 2, 96, 96);
        for (int tap = 0; tap < taps.Length; tap++)
        {
            double scale = expected[tap].Values.Max(Math.Abs);
            Assert.Equal(expected[tap].Values.Length, actual[tap].Values.Length);
            for (int i = 0; i < expected[tap].Values.Length; i++)
            {
                double error = Math.Abs((double)expected[tap].Values[i] - actual[tap].Values[i]);
                Assert.True(error <= 1e-5 * scale, $"{taps[tap]}[{i}] is off by {error:R}");
            }
        }
    }

    [SharedFact]
    public void The_embedded_resnet18_is_the_import_of_the_published_weights()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("resnet18.onnx");
        BackboneManifest manifest = BackboneImporter.FromWeights(
            Repository.SharedPath("backbones/resnet18-layer1-3.safetensors"),
            "resnet18",
            path,
            new BackboneImportOptions { Taps = ["layer2", "layer3"], IsHalf = true });
        BackboneFile embedded = BackboneFile.Open("resnet18");
        Assert.Equal(manifest.Sha256, embedded.Sha256);
        Assert.Equal(manifest.Taps, embedded.Manifest!.Taps);
        Assert.Equal(manifest.MultiplyAdds224, embedded.Manifest.MultiplyAdds224);
        Assert.Equal("BSD-3-Clause", embedded.Manifest.License);
        Assert.True(embedded.Content.Length <= 6_000_000);
    }

    [SharedFact]
    public void Weights_in_half_precision_change_features_by_less_than_a_thousandth()
    {
        using OnnxBackbone half = OnnxBackbone.Load(BackboneFile.Open("resnet18"));
        using OnnxBackbone single = OnnxBackbone.Load(
            BackboneFile.Open(Repository.SharedPath("backbones/resnet18-layer1-3.onnx")),
            new OnnxBackboneOptions { Taps = ["layer2", "layer3"] });
        float[] input = FormulaWeights.Input(2, 96);
        IReadOnlyList<FeatureMap> expected = single.Extract(input, 2, 96, 96);
        IReadOnlyList<FeatureMap> actual = half.Extract(input, 2, 96, 96);
        for (int tap = 0; tap < expected.Count; tap++)
        {
            double off = expected[tap].Values.Zip(actual[tap].Values, (a, b) => (double)(a - b) * (a - b)).Sum();
            double all = expected[tap].Values.Sum(value => (double)value * value);
            Assert.InRange(Math.Sqrt(off / all), 1e-6, 1e-3);
        }
    }

    [Fact]
    public void Weights_too_large_for_half_precision_are_refused()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("weights.safetensors");
        IReadOnlyList<NamedTensor> tensors = FormulaWeights.StateDict("resnet18", ["layer1"]);
        WeightFiles.WriteSafetensors(
            weights,
            [
                .. tensors.Select(tensor => tensor.Name == "layer1.0.conv1.weight"
                    ? tensor with { Values = () => [.. tensor.Values().Select(value => value * 1e9f)] }
                    : tensor),
            ]);
        SemiDefectException error = Assert.ThrowsAny<SemiDefectException>(() => BackboneImporter.FromWeights(
            weights,
            "resnet18",
            folder.File("half.onnx"),
            new BackboneImportOptions { Taps = ["layer1"], IsHalf = true }));
        Assert.Contains("too large for half precision", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("half.onnx")));
    }

    [SharedFact]
    public void An_inner_tensor_of_a_published_network_can_be_exposed()
    {
        using var folder = new TemporaryFolder();
        string source = Repository.SharedPath("backbones/resnet50v2-stage1-3.onnx");
        string path = folder.File("cut.onnx");
        using OnnxBackbone whole = OnnxBackbone.Load(BackboneFile.Open(source));
        string output = whole.Taps[0];
        BackboneManifest manifest = BackboneImporter.Cut(source, [output], path);
        Assert.Equal([new BackboneTap(output, 256, 4)], manifest.Taps);
        Assert.True(new FileInfo(path).Length < new FileInfo(source).Length / 10);
        using OnnxBackbone cut = OnnxBackbone.Load(BackboneFile.Open(path));
        float[] input = FormulaWeights.Input(1, 64);
        Assert.Equal(whole.Extract(input, 1, 64, 64)[0].Values, cut.Extract(input, 1, 64, 64)[0].Values);
    }

    [Fact]
    public void Names_of_published_DenseNet_files_and_of_wrappers_are_understood()
    {
        using var folder = new TemporaryFolder();
        string[] taps = ["features.denseblock1"];
        IReadOnlyList<NamedTensor> tensors =
        [
            .. FormulaWeights.StateDict("densenet121", taps)
                .Where(tensor => !tensor.Name.Contains("denseblock3", StringComparison.Ordinal))
        ];
        string plain = folder.File("plain.pth");
        WeightFiles.WriteTorchZip(plain, tensors);
        string dotted = folder.File("dotted.pth");
        WeightFiles.WriteTorchLegacy(
            dotted, [.. tensors.Select(tensor => tensor with { Name = "module." + Dotted(tensor.Name) })]);
        var options = new BackboneImportOptions { Taps = taps, Name = "same", Origin = "same" };
        Assert.Equal(
            BackboneImporter.FromWeights(plain, "densenet121", folder.File("a.onnx"), options).Sha256,
            BackboneImporter.FromWeights(dotted, "densenet121", folder.File("b.onnx"), options).Sha256);

        static string Dotted(string name) => name.Contains("denselayer", StringComparison.Ordinal)
            ? name.Replace("norm1", "norm.1", StringComparison.Ordinal)
                .Replace("norm2", "norm.2", StringComparison.Ordinal)
                .Replace("conv1", "conv.1", StringComparison.Ordinal)
                .Replace("conv2", "conv.2", StringComparison.Ordinal)
            : name;
    }

    [Fact]
    public void Taps_may_be_blocks_in_any_order_and_a_layer_together_with_its_last_block()
    {
        using var folder = new TemporaryFolder();
        string weights = Weights(folder);
        string path = folder.File("taps.onnx");
        string[] taps = ["layer1", "layer1.1", "maxpool", "layer1.0"];
        BackboneManifest manifest =
            BackboneImporter.FromWeights(weights, "resnet18", path, new BackboneImportOptions { Taps = taps });
        Assert.Equal(taps, manifest.DefaultTaps);
        using OnnxBackbone backbone = OnnxBackbone.Load(BackboneFile.Open(path));
        IReadOnlyList<FeatureMap> maps = backbone.Extract(FormulaWeights.Input(1, 32), 1, 32, 32);
        Assert.Equal(maps[0].Values, maps[1].Values);
        Assert.NotEqual(maps[0].Values, maps[3].Values);
    }

    [Fact]
    public void The_manifest_describes_the_network()
    {
        using var folder = new TemporaryFolder();
        BackboneManifest manifest = BackboneImporter.FromWeights(
            Weights(folder), "resnet18", folder.File("made.onnx"), new BackboneImportOptions { Taps = ["layer1"] });
        BackboneManifest read = BackboneFile.Open(folder.File("made.onnx")).Manifest!;
        Assert.Equal("made", read.Name);
        Assert.Equal("resnet18 from weights.pth", read.Origin);
        Assert.Equal("unknown", read.License);
        Assert.Equal(manifest.Sha256, read.Sha256);
        Assert.Equal([new BackboneTap("layer1", 64, 4)], read.Taps);

        // 7 x 7 from 3 to 64 channels on 112 x 112 cells, and four times 3 x 3 from 64 to 64 on 56 x 56.
        Assert.Equal((147L * 64 * 112 * 112) + (4L * 576 * 64 * 56 * 56), read.MultiplyAdds224);
    }

    [Theory]
    [InlineData("resnet50", "layer1")]
    [InlineData("resnet18", "layer9")]
    [InlineData("resnet18", "layer3")]
    [InlineData("resnet9", "layer1")]
    [InlineData("densenet121", "features.denseblock1")]
    public void An_unsatisfiable_request_is_rejected_and_leaves_no_files(string architecture, string tap)
    {
        using var folder = new TemporaryFolder();
        string weights = Weights(folder);
        Assert.ThrowsAny<SemiDefectException>(() =>
            BackboneImporter.FromWeights(
                weights, architecture, folder.File("out/made.onnx"), new BackboneImportOptions { Taps = [tap] }));
        Assert.Equal([weights], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_file_that_becomes_unreadable_leaves_no_files()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("weights.pth");
        WeightFiles.WriteSafetensors(weights, FormulaWeights.StateDict("resnet18", ["layer1"]));
        using (WeightsFile file = WeightsFile.Open(weights))
        {
            File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..100_000]);
            Assert.Throws<WeightsFormatException>(() => file.Tensors["layer1.1.conv2.weight"].ToArray());
        }

        Assert.Throws<WeightsFormatException>(() =>
            BackboneImporter.FromWeights(
                weights, "resnet18", folder.File("made.onnx"), new BackboneImportOptions { Taps = ["layer1"] }));
        Assert.Equal([weights], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void An_import_needs_far_less_memory_than_the_file_size()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("weights.safetensors");
        WeightFiles.WriteSafetensors(weights, FormulaWeights.StateDict("resnet34", ["layer3"]));
        long size = new FileInfo(weights).Length;
        long before = GC.GetAllocatedBytesForCurrentThread();
        BackboneImporter.FromWeights(weights, "resnet34", folder.File("made.onnx"));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, size / 4);
    }

    private static string Weights(TemporaryFolder folder)
    {
        string path = folder.File("weights.pth");
        WeightFiles.WriteTorchZip(path, FormulaWeights.StateDict("resnet18", ["layer1"]));
        return path;
    }
}
