using SemiDefect.Anomaly.Rendering;

namespace SemiDefect.Anomaly.Tests.Rendering;

public class PerceptualColorMapTests
{
    [Fact]
    public void Lightness_grows_by_equal_steps()
    {
        double first = Lab(0).Lightness;
        double last = Lab(255).Lightness;
        Assert.InRange(first, 0.2, 0.25);
        Assert.InRange(last, 0.91, 0.95);
        for (int i = 0; i < PerceptualColorMap.Count; i++)
        {
            // Rounding to 8 bits per channel causes errors of a few thousandths.
            Assert.Equal(first + (last - first) * i / 255, Lab(i).Lightness, 0.006);
        }
    }

    [Fact]
    public void The_hue_changes_monotonically_from_violet_to_yellow()
    {
        double turned = 0;
        for (int i = 1; i < PerceptualColorMap.Count; i++)
        {
            double step = Hue(i) - Hue(i - 1);
            turned += step < -180 ? step + 360 : step > 180 ? step - 360 : step;
        }

        Assert.InRange(Hue(0), 275, 295);
        Assert.InRange(Hue(255), 98, 110);
        Assert.Equal(179, turned, 8.0);
    }

    [Fact]
    public void Neighbors_differ_but_never_jump()
    {
        for (int i = 1; i < PerceptualColorMap.Count; i++)
        {
            (double l1, double a1, double b1) = Lab(i - 1);
            (double l2, double a2, double b2) = Lab(i);
            double step = Math.Sqrt((l1 - l2) * (l1 - l2) + (a1 - a2) * (a1 - a2) + (b1 - b2) * (b1 - b2));
            Assert.InRange(step, 0.0005, 0.012);
        }
    }

    [Fact]
    public void White_and_the_primaries_have_the_published_OKLab_values()
    {
        // From the table in the publication: XYZ white is L = 1, and sRGB red is (0.62796, 0.22486, 0.12585).
        (double red, double green, double blue) = PerceptualColorMap.ToLinear(1, 0, 0);
        Assert.Equal(1, red, 1e-6);
        Assert.Equal(1, green, 1e-6);
        Assert.Equal(1, blue, 1e-6);
        (red, green, blue) = PerceptualColorMap.ToLinear(
            0.62796, Math.Sqrt(0.22486 * 0.22486 + 0.12585 * 0.12585), Math.Atan2(0.12585, 0.22486));
        Assert.Equal(1, red, 1e-3);
        Assert.Equal(0, green, 1e-3);
        Assert.Equal(0, blue, 1e-3);
    }

    private static double Hue(int index)
    {
        (_, double a, double b) = Lab(index);
        double hue = Math.Atan2(b, a) * 180 / Math.PI;
        return hue < 0 ? hue + 360 : hue;
    }

    /// <summary>The forward conversion, sRGB to OKLab, with the functions of the runtime.</summary>
    private static (double Lightness, double A, double B) Lab(int index)
    {
        double red = Linear(PerceptualColorMap.Colors[3 * index]);
        double green = Linear(PerceptualColorMap.Colors[3 * index + 1]);
        double blue = Linear(PerceptualColorMap.Colors[3 * index + 2]);
        double l = Math.Cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
        double m = Math.Cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
        double s = Math.Cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
        return (
            0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s);
    }

    private static double Linear(byte value) =>
        value / 255.0 <= 0.04045 ? value / 255.0 / 12.92 : Math.Pow((value / 255.0 + 0.055) / 1.055, 2.4);
}
