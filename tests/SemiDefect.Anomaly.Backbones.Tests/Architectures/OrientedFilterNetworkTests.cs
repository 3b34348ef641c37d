using SemiDefect.Anomaly.Backbones.Architectures;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Backbones.Tests;

public sealed class OrientedFilterNetworkTests
{
    [Theory]
    [InlineData("oriented-filters.onnx")]
    [InlineData("oriented-filters.json")]
    public void The_committed_network_is_what_the_generator_writes(string fileName)
    {
        using var folder = new TemporaryFolder();
        OrientedFilterNetwork.Write(folder.Path);
        byte[] made = File.ReadAllBytes(Path.Combine(folder.Path, fileName));
        byte[] committed = File.ReadAllBytes(Path.Combine(Repository.Root, "backbones", fileName));
        Assert.True(made.AsSpan().SequenceEqual(committed), $"backbones/{fileName} differs from what OrientedFilterNetwork writes.");
    }

    [Theory]
    [InlineData(1, 64, 64)]
    [InlineData(2, 224, 224)]
    [InlineData(1, 75, 131)]
    public void It_takes_any_batch_and_size(int images, int height, int width)
    {
        using OnnxBackbone backbone = Load();
        IReadOnlyList<FeatureMap> maps = backbone.Extract(Noise(images, height, width), images, height, width);
        Assert.Equal(["orientation", "texture"], maps.Select(map => map.Tap));
        Assert.Equal([51, 155], maps.Select(map => map.Channels));
        Assert.Equal((images, height / 8, width / 8), (maps[0].Images, maps[0].Height, maps[0].Width));
        Assert.Equal((images, height / 16, width / 16), (maps[1].Images, maps[1].Height, maps[1].Width));
        Assert.All(maps, map => Assert.All(map.Values, value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void A_grating_excites_the_orientation_across_it_most()
    {
        const int Side = 64;
        float[] input = new float[3 * Side * Side];
        for (int i = 0; i < input.Length; i++)
        {
            // Vertical stripes of six pixels, about the filters' own period.
            input[i] = i % Side % 6 < 3 ? 1 : -1;
        }

        using OnnxBackbone backbone = Load();
        FeatureMap map = backbone.Extract(input, 1, Side, Side)[0];
        int area = map.Height * map.Width;
        int center = map.Height / 2 * map.Width + map.Width / 2;
        float[] finest = [.. Enumerable.Range(0, 8).Select(channel => map.Values[channel * area + center])];

        Assert.Equal(0, Array.IndexOf(finest, finest.Max()));
        Assert.Equal(4, Array.IndexOf(finest, finest.Min()));
    }

    [Fact]
    public void A_flat_picture_has_no_orientation()
    {
        using OnnxBackbone backbone = Load();
        float[] input = new float[3 * 64 * 64];
        Array.Fill(input, 0.3f);
        FeatureMap map = backbone.Extract(input, 1, 64, 64)[0];
        int area = map.Height * map.Width;
        int center = map.Height / 2 * map.Width + map.Width / 2;
        float floor = 0.83f * (MathF.Log(0.002f) + 2) * 16 / MathF.Sqrt(51);

        Assert.All(Enumerable.Range(0, 8), channel => Assert.InRange(map.Values[channel * area + center], floor - 0.01f, floor + 0.05f));
    }

    private static OnnxBackbone Load() =>
        OnnxBackbone.Load(BackboneFile.Open(Path.Combine(Repository.Root, "backbones", "oriented-filters.onnx")));

    private static float[] Noise(int images, int height, int width)
    {
        var generator = new Numerics.SeededGenerator(7);
        float[] input = new float[images * 3 * height * width];
        for (int i = 0; i < input.Length; i++)
        {
            input[i] = (float)generator.NextDouble(-2, 2);
        }

        return input;
    }
}
