using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.Backbones.Onnx;
using SemiDefect.Anomaly.Backbones.Quantizing;
using SemiDefect.Anomaly.Backbones.Tests.Support;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Backbones.Tests.Quantizing;

public sealed class BackboneQuantizerTests : IDisposable
{
    private const int Side = 32;
    private readonly TemporaryFolder _folder = new();
    private readonly ImageFolder _good;

    public BackboneQuantizerTests() => _good = ImageFolder.Open(SyntheticParts.WriteGood(_folder.File("good"), 6));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_quantized_residual_network_keeps_its_features_within_a_few_hundredths()
    {
        BackboneFile network = ResNet();
        BackboneManifest manifest = Quantize(network);
        Assert.Equal(["layer1", "layer2"], manifest.Taps.Select(tap => tap.Name));
        Assert.Equal(network.Manifest!.Taps, manifest.Taps);
        Assert.Equal((6, 2), (manifest.Quantization!.Images, manifest.Quantization.RelativeErrors.Count));
        Assert.All(manifest.Quantization.RelativeErrors, error => Assert.InRange(error, 1e-4, 0.08));
        Assert.True(BackboneVerifier.Verify(_folder.File("q.onnx")).Passed);
        Assert.True(new FileInfo(_folder.File("q.onnx")).Length < network.Content.Length / 2);

        // Recompute the error in the manifest.
        using OnnxBackbone exact = OnnxBackbone.Load(network);
        using OnnxBackbone rounded = OnnxBackbone.Load(BackboneFile.Open(_folder.File("q.onnx")));
        double off = 0;
        double all = 0;
        foreach (FolderImage item in _good.Items)
        {
            PreparedView image = Prepare(item, network);
            float[] expected = exact.Extract(image.Values, 1, image.Height, image.Width)[1].Values;
            float[] made = rounded.Extract(image.Values, 1, image.Height, image.Width)[1].Values;
            off += expected.Zip(made, (a, b) => (double)(a - b) * (a - b)).Sum();
            all += expected.Sum(value => (double)value * value);
        }

        Assert.Equal(Math.Sqrt(off / all), manifest.Quantization.RelativeErrors[1], 1e-9);
    }

    [Fact]
    public void A_network_stored_in_half_precision_is_quantized_as_the_same_values_in_single_precision_are()
    {
        string weights = _folder.File("weights.safetensors");
        WeightFiles.WriteSafetensors(weights, FormulaWeights.StateDict("resnet18", ["layer2"]));
        BackboneImporter.FromWeights(
            weights,
            "resnet18",
            _folder.File("half.onnx"),
            new BackboneImportOptions { Taps = ["layer1", "layer2"], IsHalf = true });
        BackboneFile half = BackboneFile.Open(_folder.File("half.onnx"));
        BackboneManifest manifest = Quantize(half);
        Assert.All(manifest.Quantization!.RelativeErrors, error => Assert.InRange(error, 1e-4, 0.08));
        Assert.True(new FileInfo(_folder.File("q.onnx")).Length < 0.6 * half.Content.Length);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [Trait("Speed", "Slow")]
    public void Threads_do_not_change_the_file(int threads)
    {
        BackboneFile network = ResNet();
        BackboneManifest one = Quantize(network);
        Assert.Equal(one.Sha256, Quantize(network, Options(network) with { Threads = threads }).Sha256);
    }

    [Fact]
    public void Every_error_is_within_the_bound_given_by_the_step_sizes()
    {
        // The first convolution passes the colors on; the second is quantized, with a Relu and a bias.
        var generator = new SeededGenerator(3);
        float[] weights = [.. Enumerable.Range(0, 4 * 3 * 9).Select(_ => (float)generator.NextDouble(-1, 1))];
        float[] bias = [0.5f, -0.25f, 0, 100];
        BackboneFile network = Chain(weights, bias);
        Quantize(network);
        using OnnxBackbone exact = OnnxBackbone.Load(network);
        using OnnxBackbone rounded = OnnxBackbone.Load(BackboneFile.Open(_folder.File("q.onnx")));
        PreparedView image = Prepare(_good.Items[2], network);
        FeatureMap expected = exact.Extract(image.Values, 1, Side, Side)[0];
        FeatureMap made = rounded.Extract(image.Values, 1, Side, Side)[0];
        double highest =
            _good.Items.Max(item => exact.Extract(Prepare(item, network).Values, 1, Side, Side)[0].Values.Max());

        // Normalized pixels lie between -2.12 and 2.65.
        const double Largest = 2.65;
        const double InputStep = 4.77 / 255;
        for (int channel = 0; channel < 4; channel++)
        {
            float[] part = weights[(channel * 27)..(channel * 27 + 27)];
            double weightStep = part.Max(Math.Abs) / 64;
            double perProduct =
                (part.Average(Math.Abs) * InputStep / 2) + (weightStep / 2 * Largest) + (InputStep * weightStep / 4);
            double bound = 27 * perProduct + (InputStep * weightStep) + (highest / 255);
            for (int i = channel * Side * Side; i < (channel + 1) * Side * Side; i++)
            {
                Assert.InRange(Math.Abs(made.Values[i] - expected.Values[i]), 0, bound);
            }
        }
    }

    [Fact]
    public void Networks_that_cannot_be_quantized_are_rejected_by_name()
    {
        string tiny = _folder.File("tiny.onnx");
        File.WriteAllBytes(tiny, TinyOnnx.Relu([0, 3, 0, 0], [0, 3, 0, 0]));
        Assert.Contains("no convolution", Refused(BackboneFile.Open(tiny)), StringComparison.Ordinal);

        // Quantizing twice must fail: the operators are then those of ONNX Runtime.
        BackboneFile network = ResNet();
        Quantize(network);
        string twice = Refused(BackboneFile.Open(_folder.File("q.onnx")));
        Assert.Contains("can be quantized", twice, StringComparison.Ordinal);

        string old = _folder.File("old.onnx");
        File.WriteAllBytes(old, WithOperatorSet(Chain([.. new float[108]], new float[4], "Tanh").Content, 9));
        Assert.Contains("'Tanh' of operator set 9", Refused(BackboneFile.Open(old)), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("refused.onnx")));
    }

    [Fact]
    public void A_fit_with_quantized_networks_needs_nothing_but_its_file_to_inspect()
    {
        BackboneFile network = ResNet();
        FitOptions options = Options(network) with { ResizeSize = 0, Scales = [Side, 48] };
        FitOptions quantized = BackboneQuantizer.QuantizeFor(_good, options, count: 4);
        BackboneFile file = Assert.Single(quantized.Backbones);
        Assert.Equal($"{network.Name}-int8", file.Name);
        Assert.Equal(4, file.Manifest!.Quantization!.Images);
        Assert.All(file.Manifest.Quantization.RelativeErrors, error => Assert.InRange(error, 1e-4, 0.08));

        string path = _folder.File("int8.sdad");
        double score;
        using (AnomalyDetector fitted = AnomalyDetector.Fit(_good, quantized))
        {
            fitted.Save(path);
            score = fitted.Inspect(_good.Items[0].FullPath).Score;
        }

        using AnomalyDetector loaded = AnomalyDetector.Load(path);
        Assert.Equal(score, loaded.Inspect(_good.Items[0].FullPath).Score);
        Assert.All(
            loaded.Description.Lanes,
            lane => Assert.Equal((file.Name, file.Sha256, true), (lane.Backbone, lane.Sha256, lane.IsIncluded)));
    }

    [Fact]
    public void Networks_quantized_for_a_fit_depend_on_neither_threads_nor_a_second_time()
    {
        FitOptions options = Options(ResNet()) with { Scales = [Side, 64], ResizeSize = 0 };
        FitOptions one = BackboneQuantizer.QuantizeFor(_good, options with { Threads = 1 }, count: 3);
        FitOptions several = BackboneQuantizer.QuantizeFor(_good, options with { Threads = 3 }, count: 3);
        Assert.Equal(one.Backbones[0].Sha256, several.Backbones[0].Sha256);
        Assert.Equal(one.Backbones[0].Manifest!.ToJson(), several.Backbones[0].Manifest!.ToJson());
        Assert.Same(one.Backbones[0], BackboneQuantizer.QuantizeFor(_good, one).Backbones[0]);
    }

    [Fact]
    public void Ranges_for_a_fit_are_measured_at_every_working_size_and_in_tiles()
    {
        FitOptions small = Options(ResNet()) with { Scales = [Side], ResizeSize = 0 };
        FitOptions both = small with { Scales = [Side, 128] };
        FitOptions tiled = both with { Tile = 64, TileOverlap = 8 };
        string[] hashes =
        [
            .. new[] { small, both, tiled }.Select(
                options => BackboneQuantizer.QuantizeFor(_good, options, count: 3).Backbones[0].Sha256),
        ];
        Assert.Equal(3, hashes.Distinct().Count());
    }

    [Fact]
    public void A_network_quantized_for_a_fit_cannot_be_left_out_of_its_file()
    {
        FitOptions options = Options(ResNet()) with { IncludeBackbone = false };
        SemiDefectException error =
            Assert.Throws<SemiDefectException>(() => BackboneQuantizer.QuantizeFor(_good, options));
        Assert.Contains("leave the network out", error.Message, StringComparison.Ordinal);
    }

    private static PreparedView Prepare(FolderImage item, BackboneFile network) =>
        PreparedView.Of(
            ImageFile.Read(item.FullPath),
            new PreprocessingOptions(ResizeKind.Squash, Side, null, network.Input.Mean, network.Input.Std));

    private static FitOptions Options(BackboneFile network) =>
        FitPresets.Create(FitPresets.Fast) with { Backbones = [network], ResizeSize = Side };

    private BackboneManifest Quantize(BackboneFile network, FitOptions? options = null) =>
        BackboneQuantizer.Quantize(_good, options ?? Options(network), _folder.File("q.onnx"));

    private string Refused(BackboneFile network) =>
        Assert.ThrowsAny<SemiDefectException>(
            () => BackboneQuantizer.Quantize(_good, Options(network), _folder.File("refused.onnx"))).Message;

    private BackboneFile ResNet()
    {
        string weights = _folder.File("weights.safetensors");
        WeightFiles.WriteSafetensors(weights, FormulaWeights.StateDict("resnet18", ["layer2"]));
        BackboneImporter.FromWeights(
            weights, "resnet18", _folder.File("r.onnx"), new BackboneImportOptions { Taps = ["layer1", "layer2"] });
        return BackboneFile.Open(_folder.File("r.onnx"));
    }

    private BackboneFile Chain(float[] weights, float[] bias, string last = "Relu")
    {
        var graph = new OnnxGraphBuilder("chain");
        string identity = graph.Constant("identity", [3, 3, 1, 1], TensorContent.Of([1, 0, 0, 0, 1, 0, 0, 0, 1]));
        string colors = graph.Node("Conv", "colors", [OnnxGraphBuilder.Input, identity]);
        string[] inputs =
        [
            colors,
            graph.Constant("weights", [4, 3, 3, 3], TensorContent.Of(weights)),
            graph.Constant("bias", [4], TensorContent.Of(bias))
        ];
        string sums = graph.Node("Conv", "sums", inputs, ("pads", new long[] { 1, 1, 1, 1 }));
        graph.Output(graph.Node(last, "result", [sums]), 4);
        string path = _folder.File("chain.onnx");
        using (FileStream stream = File.Create(path))
        {
            graph.WriteTo(stream);
        }

        return BackboneFile.Open(path);
    }

    private static byte[] WithOperatorSet(ReadOnlyMemory<byte> model, long version)
    {
        var set = new ProtoWriter();
        set.Int64(OnnxFields.OperatorSetVersion, version);
        var changed = new ProtoWriter();
        foreach (ProtoField field in ProtoField.Read(model))
        {
            if (field.Number == OnnxFields.ModelOperatorSet)
            {
                changed.Message(OnnxFields.ModelOperatorSet, set);
            }
            else
            {
                changed.Raw(field);
            }
        }

        using var stream = new MemoryStream();
        changed.WriteTo(stream);
        return stream.ToArray();
    }
}
