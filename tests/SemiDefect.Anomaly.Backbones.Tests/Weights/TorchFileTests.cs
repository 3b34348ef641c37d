using SemiDefect.Anomaly.Backbones.Tests.Support;
using SemiDefect.Anomaly.Backbones.Weights;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Backbones.Tests.Weights;

public sealed class TorchFileTests
{
    [Theory]
    [InlineData("tiny-zip.pth")]
    [InlineData("tiny-legacy.pth")]
    public void Tensors_equal_those_that_torch_saved(string fileName)
    {
        using WeightsFile file = WeightsFile.Open(FormulaWeights.GoldenPath(fileName));
        Assert.Equal(
            ["bn1.num_batches_tracked", "bn1.running_mean", "conv1.weight", "half", "view"],
            file.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (string name in (string[])["bn1.running_mean", "conv1.weight", "view"])
        {
            (int[] shape, float[] values) = NpyFile.Read<float>(FormulaWeights.GoldenPath($"tiny.{name}.npy"));
            Assert.Equal(shape.Select(size => (long)size), file.Tensors[name].Shape);
            Assert.Equal(values, file.Tensors[name].ToArray());
        }

        Assert.Equal(
            NpyFile.Read<long>(
                FormulaWeights.GoldenPath("tiny.bn1.num_batches_tracked.npy")).Values.Select(value => (float)value),
            file.Tensors["bn1.num_batches_tracked"].ToArray());
        byte[] half = File.ReadAllBytes(FormulaWeights.GoldenPath("tiny.half.npy"));
        Assert.Equal(
            Enumerable.Range(0, 5).Select(i => (float)BitConverter.ToHalf(half, half.Length - 10 + 2 * i)),
            file.Tensors["half"].ToArray());
        Assert.False(file.Tensors["view"].IsContiguous());
    }

    [Fact]
    public void A_file_that_would_run_a_command_is_rejected_by_name_and_nothing_is_run()
    {
        const string Trace = "/tmp/pwned-by-weights";
        Assert.False(File.Exists(Trace));
        var error =
            Assert.Throws<WeightsFormatException>(() => WeightsFile.Open(FormulaWeights.GoldenPath("hostile.pth")));
        Assert.Contains("posix.system", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Trace));
    }

    [Theory]
    [InlineData("builtins", "eval")]
    [InlineData("torch.nn.modules.container", "Sequential")]
    [InlineData("argparse", "Namespace")]
    [InlineData("torch._utils", "_rebuild_tensor_v2x")]
    public void Anything_beyond_a_state_dict_is_rejected_by_name(string module, string name)
    {
        byte[] pickle = new PickleWriter()
            .Begin()
            .Dictionary()
            .Mark()
            .Text("x")
            .Global(module, name)
            .SetItems().Stop().Bytes;
        var error = Assert.Throws<WeightsFormatException>(() => Read(pickle));
        Assert.Contains($"{module}.{name}", error.Message, StringComparison.Ordinal);
        Assert.Contains("nothing was run", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Endless_nesting_and_repetition_cause_a_clear_error()
    {
        PickleWriter pickle = new PickleWriter().Begin();
        for (int i = 0; i < 1_000_001; i++)
        {
            pickle.Write('(');
        }

        Assert.Contains(
            "operations",
            Assert.Throws<WeightsFormatException>(() => Read(pickle.Bytes)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_string_that_claims_to_be_longer_than_the_file_is_rejected_before_allocation()
    {
        byte[] pickle = [0x80, 2, (byte)'X', 0xff, 0xff, 0xff, 0x7f, (byte)'a', (byte)'.'];
        Read([0x80, 2, (byte)'N', (byte)'.']);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<WeightsFormatException>(() => Read(pickle));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 17);
    }

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model")]
    public void Weights_inside_a_training_checkpoint_are_found(string key)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("checkpoint.pth");
        File.WriteAllBytes(path, LegacyFile([7, 8], key, ("w", 0, [2], [1])));
        using WeightsFile file = WeightsFile.Open(path);
        Assert.Equal([7f, 8], file.Tensors["w"].ToArray());
    }

    [Fact]
    public void Tensors_may_share_a_storage_overlap_and_repeat_elements()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("shared.pth");
        File.WriteAllBytes(path, LegacyFile(
            [1, 2, 3, 4, 5, 6],
            null,
            ("all", 0, [2, 3], [3, 1]),
            ("transposed", 0, [3, 2], [1, 3]),
            ("middle", 1, [2], [3]),
            ("repeated", 2, [2, 2], [0, 1]),
            ("none", 0, [0, 5], [5, 1])));
        using WeightsFile file = WeightsFile.Open(path);
        Assert.Equal([1f, 2, 3, 4, 5, 6], file.Tensors["all"].ToArray());
        Assert.Equal([1f, 4, 2, 5, 3, 6], file.Tensors["transposed"].ToArray());
        Assert.Equal([2f, 5], file.Tensors["middle"].ToArray());
        Assert.Equal([3f, 4, 3, 4], file.Tensors["repeated"].ToArray());
        Assert.Empty(file.Tensors["none"].ToArray());
    }

    [Theory]
    [InlineData(2, 3, 1)]
    [InlineData(5, 2, 1)]
    [InlineData(-1, 2, 1)]
    [InlineData(0, 4, 2)]
    [InlineData(0, 2, -1)]
    [InlineData(int.MaxValue, 2, int.MaxValue)]
    [InlineData(0, int.MaxValue, int.MaxValue)]
    public void A_view_beyond_its_storage_is_rejected(int offset, int size, int stride)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("beyond.pth");
        File.WriteAllBytes(path, LegacyFile([1, 2, 3, 4, 5, 6], null, ("view", offset, [size, 3], [stride, 1])));
        Assert.Throws<WeightsFormatException>(() => WeightsFile.Open(path));
    }

    [Fact]
    public void Every_truncation_is_rejected()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("cut.pth");
        foreach (string name in (string[])["tiny-zip.pth", "tiny-legacy.pth"])
        {
            byte[] whole = File.ReadAllBytes(FormulaWeights.GoldenPath(name));
            for (int length = 0; length < whole.Length; length += 7)
            {
                File.WriteAllBytes(path, whole[..length]);
                Assert.Throws<WeightsFormatException>(() => WeightsFile.Open(path).Dispose());
            }
        }
    }

    private static object? Read(byte[] pickle)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("data.pkl");
        File.WriteAllBytes(path, pickle);
        using var source = new WeightsSource(path);
        using var stream = new WeightsStream(source);
        return new PickleReader(stream, source).Read();
    }

    private static byte[] LegacyFile(
        float[] storage,
        string? wrapper,
        params (string Name, int Offset, int[] Shape, int[] Strides)[] views)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("legacy.pth");
        PickleWriter pickle = new PickleWriter().Begin();
        if (wrapper is not null)
        {
            pickle.Dictionary().Mark().Text("epoch").Number(3).Text(wrapper);
        }

        pickle.Dictionary().Mark();
        foreach ((string name, int offset, int[] shape, int[] strides) in views)
        {
            pickle.Text(name).Global("torch._utils", "_rebuild_tensor").Mark();
            pickle.Mark()
                .Text("storage")
                .Global("torch", "FloatStorage")
                .Text("0")
                .Text("cpu")
                .Number(storage.Length)
                .None()
                .EndTuple()
                .PersistentId();
            pickle.Number(offset).Mark();
            Array.ForEach(shape, size => pickle.Number(size));
            pickle.EndTuple().Mark();
            Array.ForEach(strides, stride => pickle.Number(stride));
            pickle.EndTuple().EndTuple().Reduce();
        }

        pickle.SetItems();
        if (wrapper is not null)
        {
            pickle.SetItems();
        }

        WeightFiles.WriteTorchLegacy(path, pickle.Stop(), 1, [new NamedTensor("0", [storage.Length], () => storage)]);
        return File.ReadAllBytes(path);
    }
}
