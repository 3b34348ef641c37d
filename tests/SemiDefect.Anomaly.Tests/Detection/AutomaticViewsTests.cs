using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Detection;

/// <summary>The views that a fit chooses from its images.</summary>
public sealed class AutomaticViewsTests
{
    private const int Side = 96;

    [Theory]
    [InlineData(256, 256, 512, 0)]
    [InlineData(500, 1254, 512, 0)]
    [InlineData(1254, 500, 512, 0)]
    [InlineData(400, 2000, 512, 1024)]
    [InlineData(1024, 1024, 512, 0)]
    [InlineData(2000, 2000, 960, 0)]
    [InlineData(4096, 4096, 1536, 1024)]
    public void Sizes_follow_from_the_size_of_the_images(int width, int height, int detail, int tile)
    {
        var image = new Image(width, height, new byte[3 * width * height]);
        var source = new ImageList([("a", image), ("b", image)]);
        FitOptions chosen = WorkingSizes.Choose(new FitOptions(), source, CancellationToken.None);
        Assert.Equal([256, detail], chosen.Scales);
        Assert.Equal(ResizeKind.ShorterSide, chosen.Resize);
        Assert.Equal(tile, chosen.Tile);
    }

    [Fact]
    public void What_the_options_name_is_kept()
    {
        ImageList one = Textures(2, (_, generator) => generator.NextDouble());
        foreach (FitOptions given in (FitOptions[])
            [
                new() { ResizeSize = 64 },
                new() { Scales = [32, 64] },
                new() { Resize = ResizeKind.None },
                FitPresets.Create("amazon"),
                FitPresets.Create(FitPresets.Fast),
            ])
        {
            Assert.Same(given, AutomaticViews.Choose(given, one));
        }

        Assert.Equal(4, AutomaticViews.Choose(new FitOptions { Turns = 4 }, one).Turns);
    }

    [Fact]
    public void A_crop_and_a_bank_per_fold_have_one_size()
    {
        ImageList two = Textures(2, (_, generator) => generator.NextDouble());
        foreach (FitOptions given in (FitOptions[])[new() { Crop = 224 }, new() { FoldBanks = true }])
        {
            FitOptions chosen = WorkingSizes.Choose(given, two, CancellationToken.None);
            Assert.Equal((256, 0), (chosen.ResizeSize, chosen.Scales.Count));
        }
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Turns_are_used_where_the_images_show_no_orientation()
    {
        // Soft blobs, of which a turned image is as good as an upright one; and stripes, of which it is not.
        Assert.NotEqual(0, AutomaticViews.Choose(new FitOptions(), Blobs(12)).Turns);
        Assert.Equal(0, AutomaticViews.Choose(new FitOptions(), Stripes(12)).Turns);
        Assert.Equal(4, AutomaticViews.Choose(new FitOptions(), Blobs(60)).Turns);

        // Too few to tell: quarter turns, unless few images are to be fitted like others.
        Assert.Equal(4, AutomaticViews.Choose(new FitOptions(), Stripes(7)).Turns);
        Assert.Equal(0, AutomaticViews.Choose(new FitOptions { FewImages = false }, Blobs(7)).Turns);
        Assert.Equal(0, AutomaticViews.Choose(new FitOptions(), Blobs(101)).Turns);
    }

    private static ImageList Stripes(int count) =>
        Textures(count, (at, generator) => at.Y / 6 % 2 + 0.05 * generator.NextDouble());

    private static ImageList Blobs(int count)
    {
        var centers = new SeededGenerator(5);
        return new ImageList(
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                (double X, double Y)[] blobs =
                [
                    .. Enumerable.Range(0, 40).Select(_ => (Side * centers.NextDouble(), Side * centers.NextDouble())),
                ];
                return ($"{i:D3}", Drawn(at => 0.2 + 0.6 * blobs.Max(blob => Math.Exp(
                    -((at.X - blob.X) * (at.X - blob.X) + (at.Y - blob.Y) * (at.Y - blob.Y)) / 40))));
            }),
        ]);
    }

    private static ImageList Textures(int count, Func<(int X, int Y), SeededGenerator, double> value) => new(
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            var generator = new SeededGenerator((ulong)i);
            return ($"{i:D3}", Drawn(at => value(at, generator)));
        }),
    ]);

    private static Image Drawn(Func<(int X, int Y), double> value)
    {
        byte[] rgb = new byte[3 * Side * Side];
        for (int i = 0; i < Side * Side; i++)
        {
            rgb.AsSpan(3 * i, 3).Fill((byte)Math.Clamp(255 * value((i % Side, i / Side)), 0, 255));
        }

        return new Image(Side, Side, rgb);
    }
}
