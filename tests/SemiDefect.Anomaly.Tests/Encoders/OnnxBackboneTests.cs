using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Encoders;

public sealed class OnnxBackboneTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_embedded_network_matches_its_manifest()
    {
        BackboneFile file = BackboneFile.Open(BackboneFile.DefaultName);
        using OnnxBackbone backbone = OnnxBackbone.Load(file);
        Assert.Equal(file.Manifest!.DefaultTaps, backbone.Taps);
        Assert.Equal("MIT", file.Manifest.License);
        IReadOnlyList<FeatureMap> maps = backbone.Extract(new float[2 * 3 * 64 * 96], 2, 64, 96);
        foreach (FeatureMap map in maps)
        {
            BackboneTap tap = file.Manifest.Taps.Single(tap => tap.Name == map.Tap);
            Assert.Equal(
                (2, tap.Channels, 64 / tap.Stride, 96 / tap.Stride), (map.Images, map.Channels, map.Height, map.Width));
        }
    }

    [Fact]
    public void Features_do_not_depend_on_threads_or_companions()
    {
        float[] input = new float[5 * 3 * 48 * 48];
        var generator = new SeededGenerator(3);
        for (int i = 0; i < input.Length; i++)
        {
            input[i] = (float)generator.NextDouble(-2, 2);
        }

        float[][] Features(int threads, int batch)
        {
            using OnnxBackbone backbone = OnnxBackbone.Load(
                BackboneFile.Open(BackboneFile.DefaultName), new OnnxBackboneOptions { Threads = threads });
            int length = 3 * 48 * 48;
            return [.. Enumerable.Range(0, 5 / batch).Select(run =>
                backbone.Extract(input.AsMemory(run * batch * length, batch * length), batch, 48, 48)
                    .SelectMany(map => map.Values.Take(map.Values.Length / batch)).ToArray())];
        }

        float[] alone = Features(1, 1)[0];
        Assert.Equal(alone, Features(2, 5)[0]);
        Assert.Equal(alone, Features(7, 1)[0]);
    }

    // At some of these sizes, a run on as many threads sums in another order.
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void An_image_alone_has_the_bits_of_one_thread(int threads)
    {
        OnnxBackbone Load(int count) => OnnxBackbone.Load(
            BackboneFile.Open(BackboneFile.DefaultName), new OnnxBackboneOptions { Threads = count });
        using OnnxBackbone narrow = Load(1);
        using OnnxBackbone wide = Load(threads);
        var generator = new SeededGenerator(5);
        foreach ((int height, int width) in new[] { (32, 32), (64, 64), (96, 130), (128, 128), (256, 192), (320, 320) })
        {
            float[] input = new float[3 * height * width];
            for (int i = 0; i < input.Length; i++)
            {
                input[i] = (float)generator.NextDouble(-2, 2);
            }

            float[] Alone(OnnxBackbone backbone)
            {
                float[] values = [];
                backbone.ExtractEach(
                    [(input, height, width)],
                    (_, maps) => values = [.. maps.SelectMany(map => map.Values)],
                    CancellationToken.None);
                return values;
            }

            float[] expected = Alone(narrow);
            for (int run = 0; run < 4; run++)
            {
                Assert.Equal(expected, Alone(wide));
            }
        }
    }

    [Fact]
    public void An_unknown_tap_is_reported_with_the_available_ones() =>
        AssertRefused(
            () =>
                OnnxBackbone.Load(
                    BackboneFile.Open(BackboneFile.DefaultName), new OnnxBackboneOptions { Taps = ["layer9"] }),
            "no tap 'layer9'",
            "it has");

    [Fact]
    public void A_tap_named_twice_is_refused()
    {
        string tap = BackboneFile.Open(BackboneFile.DefaultName).Manifest!.DefaultTaps[0];
        AssertRefused(
            () =>
                OnnxBackbone.Load(
                    BackboneFile.Open(BackboneFile.DefaultName), new OnnxBackboneOptions { Taps = [tap, tap] }),
            "once");
    }

    [Fact]
    public void An_unknown_name_lists_the_known_ones() =>
        AssertRefused(() => BackboneFile.Open("resnet9000"), "no backbone 'resnet9000'", BackboneFile.DefaultName);

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("this is no network", "not an ONNX network")]
    public void A_file_that_is_no_network_is_refused(string content, string reason)
    {
        string path = _folder.File("net.onnx");
        File.WriteAllText(path, content);
        AssertRefused(() => OnnxBackbone.Load(BackboneFile.Open(path)), reason);
    }

    [Fact]
    public void A_truncated_network_is_refused()
    {
        byte[] content = BackboneFile.Open(BackboneFile.DefaultName).Content.ToArray();
        string path = _folder.File("net.onnx");
        File.WriteAllBytes(path, content[..(content.Length / 2)]);
        AssertRefused(() => OnnxBackbone.Load(BackboneFile.Open(path)), "net");
    }

    [Fact]
    public void A_network_that_does_not_match_its_manifest_is_refused()
    {
        BackboneFile original = BackboneFile.Open(BackboneFile.DefaultName);
        byte[] content = original.Content.ToArray();
        content[^1] ^= 1;
        File.WriteAllBytes(_folder.File("net.onnx"), content);
        File.WriteAllBytes(_folder.File("net.json"), original.Manifest!.ToJson());
        AssertRefused(() => BackboneFile.Open(_folder.File("net.onnx")), "does not match its manifest");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"format": 2}""")]
    [InlineData(
        """
        {
            "format":1,"name":"a","license":"MIT","origin":"x","sha256":"0",
            "input":{"mean":[1,2],"std":[1,1,1]},"taps":[],"defaultTaps":[]
        }
        """)]
    [InlineData(
        """
        {
            "format":1,"name":"a","license":"MIT","origin":"x","sha256":"0",
            "input":{"mean":[0,0,0],"std":[1,0,1]},"taps":[],"defaultTaps":[]
        }
        """)]
    [InlineData(
        """
        {
            "format":1,"name":"a","license":"MIT","origin":"","sha256":"0",
            "input":{"mean":[0,0,0],"std":[1,1,1]},"taps":[],"defaultTaps":[]
        }
        """)]
    [InlineData(
        """
        {
            "format":1,"name":"a","license":"MIT\n","origin":"x","sha256":"0",
            "input":{"mean":[0,0,0],"std":[1,1,1]},"taps":[],"defaultTaps":[]
        }
        """)]
    public void A_manifest_that_makes_no_sense_is_refused(string json)
    {
        File.WriteAllBytes(_folder.File("net.onnx"), BackboneFile.Open(BackboneFile.DefaultName).Content.ToArray());
        File.WriteAllText(_folder.File("net.json"), json);
        AssertRefused(() => BackboneFile.Open(_folder.File("net.onnx")), "manifest");
    }

    [Fact]
    public void Cuda_is_refused_with_a_clear_message_if_it_is_missing()
    {
        if (Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"))
        {
            return;
        }

        var options = new OnnxBackboneOptions { Device = ExecutionDevice.Cuda };
        AssertRefused(
            () => OnnxBackbone.Load(BackboneFile.Open(BackboneFile.DefaultName), options),
            "-p:Gpu=true",
            "--device cpu");
    }

    [Theory]
    [InlineData(new[] { 0, 1, 0, 0 }, new[] { 0, 1, 0, 0 }, "takes 1 channels")]
    [InlineData(new[] { 0, 224, 224, 3 }, new[] { 0, 224, 224, 3 }, "channels-last")]
    [InlineData(new[] { 0, 3, 0 }, new[] { 0, 3, 0 }, "float32 [n, 3, height, width]")]
    [InlineData(new[] { 0, 3, 0, 0 }, new[] { 0, 3, 0 }, "not an ONNX network|rank|Float [")]
    public void A_network_of_the_wrong_shape_is_refused(int[] input, int[] output, string expected)
    {
        BackboneFile file = BackboneFile.FromBytes("tiny", TinyOnnx.Relu(input, output), null);
        string message = Assert.Throws<BackboneException>(() => OnnxBackbone.Load(file)).Message;
        Assert.Contains(expected.Split('|'), part => message.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_inputs_and_integer_inputs_are_refused()
    {
        int[] shape = [0, 3, 0, 0];
        AssertRefused(
            () => OnnxBackbone.Load(BackboneFile.FromBytes("tiny", TinyOnnx.Relu(shape, shape, inputs: 2), null)),
            "2 inputs",
            "input1");
        AssertRefused(
            () => OnnxBackbone.Load(BackboneFile.FromBytes("tiny", TinyOnnx.Relu(shape, shape, elementType: 11), null)),
            "Double",
            "float32");
    }

    [Fact]
    public void Weights_in_a_missing_file_are_refused() =>
        AssertRefused(
            () => OnnxBackbone.Load(BackboneFile.FromBytes("tiny", TinyOnnx.ExternalWeight(), null)),
            "weights in another file");

    [Fact]
    public void Fixed_batch_and_input_sizes_are_respected()
    {
        using OnnxBackbone backbone =
            OnnxBackbone.Load(BackboneFile.FromBytes("tiny", TinyOnnx.Relu([2, 3, 4, 6], [2, 3, 4, 6]), null));
        Assert.Equal((4, 6), (backbone.FixedHeight, backbone.FixedWidth));
        float[] input = [.. Enumerable.Range(0, 3 * 72).Select(i => i - 100f)];
        FeatureMap map = Assert.Single(backbone.Extract(input, 3, 4, 6));
        Assert.Equal(input.Select(value => Math.Max(0, value)), map.Values);
        AssertRefused(() => backbone.Extract(new float[3 * 8 * 8], 1, 8, 8), "6 x 4", "8 x 8", "resize");
    }

    private static void AssertRefused(Func<object> action, params string[] parts)
    {
        string message = Assert.Throws<BackboneException>(action).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }
}
