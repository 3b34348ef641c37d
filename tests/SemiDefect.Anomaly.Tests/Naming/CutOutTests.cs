using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Naming;
using SemiDefect.Anomaly.Tests.Support;

namespace SemiDefect.Anomaly.Tests.Naming;

public class CutOutTests
{
    [Fact]
    public void A_defect_pasted_where_it_came_from_changes_nothing()
    {
        Image image = Pictures.Noise(60, 50, 1).With(20, 15, 12, 6, 0);
        (CutOut cutOut, RegionPixels pixels) = Cut(image);
        byte[] rgb = image.Rgb.ToArray();
        (RegionPixels pasted, DefectBox? box) = cutOut.Paste(rgb, 60, pixels.Left - 6, pixels.Top - 6);
        Assert.Equal(image.Rgb.ToArray(), rgb);
        Assert.Equal(new DefectBox(20, 15, 32, 21), box);
        Assert.True(pasted.Area >= pixels.Area);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void A_turned_defect_moves_its_pixels_and_its_box(int variant)
    {
        Image image = Pictures.Of(60, 50, (_, _) => 100).With(20, 15, 12, 6, 0).With(20, 15, 3, 3, 255);
        CutOut turned = Cut(image).CutOut.Turn(variant);
        byte[] rgb = Pictures.Of(60, 50, (_, _) => 100).Rgb.ToArray();
        (RegionPixels _, DefectBox? box) = turned.Paste(rgb, 60, 10, 10);
        (int width, int height) = variant % 2 == 1 ? (6, 12) : (12, 6);
        Assert.Equal(new DefectBox(16, 16, 16 + width, 16 + height), box);
        for (int i = 0; i < 60 * 50; i++)
        {
            bool isInside = i % 60 >= 16 && i % 60 < 16 + width && i / 60 >= 16 && i / 60 < 16 + height;
            Assert.Equal(isInside, rgb[3 * i] != 100);
        }

        // The light corner says which turn it is: no two have it at the same place with the same sides, but mirrored.
        Assert.Equal(9, Enumerable.Range(0, 60 * 50).Count(i => rgb[3 * i] == 255));
    }

    [Fact]
    public void A_pasted_defect_is_as_bright_against_its_new_surroundings()
    {
        Image image = Pictures.Of(60, 50, (_, _) => 100).With(20, 15, 12, 6, 60);
        byte[] rgb = Pictures.Of(60, 50, (_, _) => 150).Rgb.ToArray();
        Cut(image).CutOut.Paste(rgb, 60, 10, 10);
        Assert.Equal(110, rgb[3 * (18 * 60 + 20)]);
        Assert.Equal(150, rgb[0]);
    }

    private static (CutOut CutOut, RegionPixels Pixels) Cut(Image image)
    {
        RegionPixels pixels = RegionPixels.Of(20, 15, 12, 6, (_, _) => true)!;
        return (CutOut.Of(image, pixels, pixels.Box), pixels);
    }
}
