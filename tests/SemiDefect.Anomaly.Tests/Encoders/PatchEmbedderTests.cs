using CsCheck;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Encoders;

public class PatchEmbedderTests
{
    [Theory]
    [InlineData("wrn", 2, 1024, 1024)]
    [InlineData("r18", 2, 1024, 1024)]
    [InlineData("odd", 2, 200, 130)]
    [InlineData("layer3only", 1, 1024, 1024)]
    public void Embeddings_equal_the_reference_to_1e_5(string name, int taps, int pretrain, int target)
    {
        FeatureMap[] maps = [.. Enumerable.Range(0, taps).Select(i => ReadMap($"embed/embed_{name}_in{i}.npy"))];
        (int[] shape, float[] expected) = Golden.Read<float>($"embed/embed_{name}_out_{pretrain}_{target}.npy");
        var embedder = new PatchEmbedder(
            new PatchOptions
            {
                Pooling = PatchPooling.AdaptiveMean,
                PretrainDimension = pretrain,
                TargetDimension = target,
            });

        PatchGrid[] actual = EmbedAll(embedder, maps);

        Assert.All(actual, grid => Assert.Equal(target, grid.Dimension));
        Assert.Equal(shape[0], actual.Sum(grid => grid.Layout.Count));
        Golden.AssertClose(expected, Values(actual), 1e-5);
    }

    [Fact]
    public void Composed_weights_equal_the_literal_recipe() =>
        Gen.Select(
            Gen.Int[1, 2],
            Gen.Int[0, 3].Select(i => 2 * i + 1),
            Gen.Int[1, 12],
            Gen.Int[1, 12],
            Gen.Int[1, 40],
            Gen.Int[1, 40],
            Gen.Int[1, 6])
            .SelectMany((images, size, c0, c1, pretrain, target, side) =>
                Gen.Select(
                    GenMap(images, c0, side * 2 - 1, side),
                    GenMap(images, c1, Math.Max(1, side / 2), Math.Max(1, side / 2)),
                    (first, second) => (first, second, size, pretrain, target)))
            .Sample(
                sample =>
                {
                    FeatureMap[] maps = [sample.first, sample.second];
                    var options = new PatchOptions
                    {
                        PatchSize = sample.size,
                        Pooling = PatchPooling.AdaptiveMean,
                        PretrainDimension = sample.pretrain,
                        TargetDimension = sample.target,
                    };
                    double[][] expected =
                        ReferencePatches.AdaptiveMean(maps, sample.size, sample.pretrain, sample.target);
                    PatchGrid[] actual = EmbedAll(new PatchEmbedder(options), maps);
                    Golden.AssertClose(
                        [.. expected.SelectMany(row => row).Select(value => (float)value)], Values(actual), 1e-5);
                },
                iter: 200);

    [Fact]
    public void Wide_resnet_shapes_get_the_closed_form()
    {
        var options = new PatchOptions { Pooling = PatchPooling.AdaptiveMean };
        PatchWeights weights = PatchWeights.Create(options, [512, 1024]);

        // Outputs 0..511: (3 x 3 sum + center) / 10; 512..1023: the mean of two channels' 3 x 3 means.
        Assert.Equal(512 * 2, weights.Terms[0].Length);
        Assert.Equal(512 * 2, weights.Terms[1].Length);
        for (int c = 0; c < 512; c++)
        {
            Assert.Equal(
                new PatchWeights.Term(c, c, PatchWeights.Term.WholeNeighborhood, 0.1f), weights.Terms[0][2 * c]);
            Assert.Equal(
                new PatchWeights.Term(c, c, 4, 0.1f),
                weights.Terms[0][2 * c + 1] with { Weight = MathF.Round(weights.Terms[0][2 * c + 1].Weight, 6) });
            Assert.Equal(
                new PatchWeights.Term(512 + c, 2 * c, PatchWeights.Term.WholeNeighborhood, (float)(1.0 / 18)),
                weights.Terms[1][2 * c]);
            Assert.Equal(
                new PatchWeights.Term(512 + c, 2 * c + 1, PatchWeights.Term.WholeNeighborhood, (float)(1.0 / 18)),
                weights.Terms[1][2 * c + 1]);
        }
    }

    [Fact]
    public void Concatenation_averages_each_channel_with_zeros_outside()
    {
        var map = new FeatureMap("t", 1, 2, 2, 2, [1, 2, 3, 4, 10, 20, 30, 40]);
        PatchGrid[] actual = EmbedAll(new PatchEmbedder(new PatchOptions()), [map]);
        Assert.Equal(2, actual[0].Dimension);
        Golden.AssertClose(
            [10 / 9f, 100 / 9f, 10 / 9f, 100 / 9f, 10 / 9f, 100 / 9f, 10 / 9f, 100 / 9f], Values(actual), 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(9)]
    public void Patch_sizes_other_than_1_3_5_7_are_refused(int size) =>
        Assert.Contains(
            "1, 3, 5 or 7",
            Assert.Throws<SemiDefectException>(() => new PatchOptions { PatchSize = size }).Message,
            StringComparison.Ordinal);

    private static PatchGrid[] EmbedAll(PatchEmbedder embedder, FeatureMap[] maps) =>
        [.. Enumerable.Range(0, maps[0].Images).Select(image => embedder.Embed(maps, image, Grids.View(64, 64)))];

    private static float[] Values(PatchGrid[] grids) => [.. grids.SelectMany(grid => grid.Vectors.ToArray())];

    private static FeatureMap ReadMap(string path)
    {
        (int[] shape, float[] values) = Golden.Read<float>(path);
        return new FeatureMap(path, shape[0], shape[1], shape[2], shape[3], values);
    }

    private static Gen<FeatureMap> GenMap(int images, int channels, int height, int width) =>
        Gen.Float[-2, 2].Array[images * channels * height * width]
            .Select(values => new FeatureMap("t", images, channels, height, width, values));
}
