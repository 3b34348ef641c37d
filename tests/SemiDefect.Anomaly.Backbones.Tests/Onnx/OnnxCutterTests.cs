using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.Backbones.Onnx;
using SemiDefect.Anomaly.Backbones.Tests.Support;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Backbones.Tests.Onnx;

public sealed class OnnxCutterTests
{
    private const int UnknownField = 77;

    [Fact]
    public void A_cut_network_gives_the_same_features_and_drops_unused_parts()
    {
        using var folder = new TemporaryFolder();
        string whole = folder.File("whole.onnx");
        string weights = folder.File("weights.safetensors");
        WeightFiles.WriteSafetensors(weights, FormulaWeights.StateDict("resnet18", ["layer2"]));
        BackboneImporter.FromWeights(
            weights,
            "resnet18",
            whole,
            new BackboneImportOptions { Taps = ["layer1", "layer2"], License = "BSD-3-Clause" });
        string cut = folder.File("cut.onnx");
        BackboneManifest manifest = BackboneImporter.Cut(whole, ["layer1.0", "layer1.1.add"], cut);

        Assert.Equal([new BackboneTap("layer1.0", 64, 4), new BackboneTap("layer1.1.add", 64, 4)], manifest.Taps);
        Assert.Equal("BSD-3-Clause", manifest.License);
        Assert.True(new FileInfo(cut).Length < new FileInfo(whole).Length / 2);
        float[] input = FormulaWeights.Input(1, 48);
        using OnnxBackbone wholeNetwork =
            OnnxBackbone.Load(BackboneFile.Open(whole), new OnnxBackboneOptions { Taps = ["layer1"] });
        using OnnxBackbone cutNetwork =
            OnnxBackbone.Load(BackboneFile.Open(cut), new OnnxBackboneOptions { Taps = ["layer1.1.add"] });
        float[] expected = wholeNetwork.Extract(input, 1, 48, 48)[0].Values;
        float[] actual = cutNetwork.Extract(input, 1, 48, 48)[0].Values;
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], Math.Max(0, actual[i]), 1e-5f);
        }
    }

    [Fact]
    public void Unknown_fields_are_kept_unchanged()
    {
        ProtoField extra = Extra();
        ReadOnlyMemory<byte> model = Model(graph => graph.Raw(extra), whole => whole.Raw(extra));
        ProtoField[] fields = [.. ProtoField.Read(Cut(model, "b"))];
        ProtoField graph = fields.Single(field => field.Number == OnnxFields.ModelGraph);
        Assert.Contains(fields, field => field.Number == UnknownField && field.Text == "kept");
        Assert.Contains(ProtoField.Read(graph.Content), field => field.Number == UnknownField && field.Text == "kept");
    }

    [Theory]
    [InlineData("two\nlines", "MIT")]
    [InlineData("here", " ")]
    public void A_manifest_that_could_not_be_read_back_is_not_written(string origin, string license)
    {
        using var folder = new TemporaryFolder();
        string whole = folder.File("whole.onnx");
        File.WriteAllBytes(whole, BackboneFile.Open(BackboneFile.DefaultName).Content.ToArray());
        var options = new BackboneImportOptions { Origin = origin, License = license };
        var error = Assert.Throws<BackboneException>(
            () => BackboneImporter.Cut(whole, ["fine"], folder.File("cut.onnx"), options));
        Assert.Contains("one line", error.Message, StringComparison.Ordinal);
        Assert.Equal([whole], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_node_can_be_named_instead_of_its_tensor()
    {
        OnnxCutter.Cut(Model(), ["node-b"], out IReadOnlyList<string> tensors);
        Assert.Equal(["b"], tensors);
    }

    [Fact]
    public void Weights_listed_as_inputs_are_dropped_with_the_nodes_that_used_them()
    {
        // Networks before IR version 4 list each weight among the inputs.
        ReadOnlyMemory<byte> model =
            Model(graph => graph.Message(OnnxFields.GraphInput, OnnxGraphBuilder.ImageValue("c.weight", 1, "y", "x")));
        ProtoField graph = ProtoField.Read(Cut(model, "b")).Single(field => field.Number == OnnxFields.ModelGraph);
        ProtoField[] fields = [.. ProtoField.Read(graph.Content)];
        Assert.Single(fields, field => field.Number == OnnxFields.GraphInput);
        Assert.Equal(2, fields.Count(field => field.Number == OnnxFields.GraphInitializer));
        Assert.Equal(2, fields.Count(field => field.Number == OnnxFields.GraphNode));
        Assert.Single(fields, field => field.Number == OnnxFields.GraphOutput);
    }

    [Fact]
    public void Outer_tensors_used_by_nested_graphs_are_kept()
    {
        var inner = new ProtoWriter();
        inner.Text(OnnxFields.NodeInput, "a");
        inner.Text(OnnxFields.NodeOutput, "inside");
        var body = new ProtoWriter();
        body.Message(OnnxFields.GraphNode, inner);
        var attribute = new ProtoWriter();
        attribute.Text(OnnxFields.AttributeName, "then_branch");
        attribute.Message(OnnxFields.AttributeGraph, body);
        var node = new ProtoWriter();
        node.Text(OnnxFields.NodeInput, "input");
        node.Text(OnnxFields.NodeOutput, "chosen");
        node.Text(OnnxFields.NodeOperator, "If");
        node.Message(OnnxFields.NodeAttribute, attribute);
        ReadOnlyMemory<byte> model = Model(graph => graph.Message(OnnxFields.GraphNode, node));
        ProtoField graph = ProtoField.Read(Cut(model, "chosen")).Single(field => field.Number == OnnxFields.ModelGraph);
        Assert.Equal(2, ProtoField.Read(graph.Content).Count(field => field.Number == OnnxFields.GraphNode));
    }

    [Fact]
    public void Bad_requests_say_what_to_do()
    {
        string missing = Assert.Throws<BackboneException>(() => Cut(Model(), "node")).Message;
        Assert.Contains("node-a, node-b, node-c", missing, StringComparison.Ordinal);
        Assert.Contains(
            "Its outputs are c",
            Assert.Throws<BackboneException>(() => Cut(Model(), "zzz")).Message,
            StringComparison.Ordinal);
        Assert.Throws<BackboneException>(() => Cut(Model(), "b", "node-b"));
        Assert.Throws<BackboneException>(() => Cut(new byte[] { 1, 2, 3 }, "b"));
        Assert.Throws<BackboneException>(() => Cut(Array.Empty<byte>(), "b"));

        var external = new ProtoWriter();
        external.Int64(OnnxFields.TensorDataType, OnnxFields.Float32);
        external.Text(OnnxFields.TensorName, "outside");
        external.Int64(OnnxFields.TensorDataLocation, 1);
        var node = new ProtoWriter();
        node.Text(OnnxFields.NodeInput, "outside");
        node.Text(OnnxFields.NodeOutput, "d");
        ReadOnlyMemory<byte> model = Model(graph =>
        {
            graph.Message(OnnxFields.GraphInitializer, external);
            graph.Message(OnnxFields.GraphNode, node);
        });
        Assert.Contains(
            "external data", Assert.Throws<BackboneException>(() => Cut(model, "d")).Message, StringComparison.Ordinal);
        Assert.NotEmpty(Cut(model, "c"));
    }

    [Fact]
    public void Damaged_networks_cause_a_clear_error()
    {
        byte[] whole = Model().ToArray();
        var generator = new SeededGenerator(4);
        int refused = 0;
        for (int i = 0; i < 2000; i++)
        {
            byte[] damaged = Mutation.Of(whole, generator);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Cut(damaged, "b");
            }
            catch (BackboneException)
            {
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        }

        Assert.InRange(refused, 500, 2000);
    }

    /// <summary>input -> a -> b -> c, each a convolution.</summary>
    private static ReadOnlyMemory<byte> Model(
        Action<ProtoWriter>? addToGraph = null,
        Action<ProtoWriter>? addToModel = null)
    {
        var graph = new OnnxGraphBuilder("chain");
        string previous = OnnxGraphBuilder.Input;
        foreach (string name in (string[])["a", "b", "c"])
        {
            string weight =
                graph.Constant($"{name}.weight", [3, 3, 1, 1], TensorContent.Of([1, 0, 0, 0, 1, 0, 0, 0, 1]));
            previous = graph.Node("Conv", name, [previous, weight]);
        }

        graph.Output("c", 3);
        using var stream = new MemoryStream();
        graph.WriteTo(stream);
        var model = new ProtoWriter();
        foreach (ProtoField field in ProtoField.Read(stream.ToArray()))
        {
            if (field.Number != OnnxFields.ModelGraph)
            {
                model.Raw(field);
                continue;
            }

            var changed = new ProtoWriter();
            foreach (ProtoField inner in ProtoField.Read(field.Content))
            {
                if (inner.Number == OnnxFields.GraphNode)
                {
                    changed.Message(OnnxFields.GraphNode, Renamed(inner));
                }
                else
                {
                    changed.Raw(inner);
                }
            }

            addToGraph?.Invoke(changed);
            model.Message(OnnxFields.ModelGraph, changed);
        }

        addToModel?.Invoke(model);
        return Bytes(model);
    }

    private static ProtoWriter Renamed(ProtoField node)
    {
        var changed = new ProtoWriter();
        foreach (ProtoField field in ProtoField.Read(node.Content))
        {
            if (field.Number == OnnxFields.NodeName)
            {
                changed.Text(OnnxFields.NodeName, $"node-{field.Text}");
            }
            else
            {
                changed.Raw(field);
            }
        }

        return changed;
    }

    private static ProtoField Extra()
    {
        var writer = new ProtoWriter();
        writer.Text(UnknownField, "kept");
        return ProtoField.Read(Bytes(writer)).Single();
    }

    private static byte[] Cut(ReadOnlyMemory<byte> model, params string[] taps) =>
        Bytes(OnnxCutter.Cut(model, taps, out _));

    private static byte[] Bytes(ProtoWriter writer)
    {
        using var stream = new MemoryStream();
        writer.WriteTo(stream);
        Assert.Equal(writer.Length, stream.Length);
        return stream.ToArray();
    }
}
