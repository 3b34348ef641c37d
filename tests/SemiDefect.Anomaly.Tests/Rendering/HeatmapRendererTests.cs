using CsCheck;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Rendering;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Rendering;

public class HeatmapRendererTests
{
    private static readonly HeatmapOptions NoContour = new() { ContourThickness = 0 };

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.25)]
    [InlineData(1)]
    public void A_value_at_the_threshold_has_the_color_at_the_stated_place(double position)
    {
        int index = (int)(255 * position + 0.5);
        double share = (index / 255.0 - 0.7 * position) / (1 - 0.7 * position);
        Image heatmap = Render([7f], 7f, NoContour with { ThresholdPosition = position, MaxOpacity = 1 }, gray: 100);
        for (int channel = 0; channel < 3; channel++)
        {
            double expected = 100 * (1 - share) + PerceptualColorMap.Colors[3 * index + channel] * share;
            Assert.Equal(expected, heatmap.Rgb[channel], 1.5);
        }
    }

    [Fact]
    public void The_color_depends_on_the_ratio_to_the_threshold_alone()
    {
        Image one = Render([0.5f, 1, 1.5f, 2], 1, NoContour);
        Image other = Render([5, 10, 15, 20], 10, NoContour);
        Assert.Equal(one.Rgb.ToArray(), other.Rgb.ToArray());

        // A higher value nearby does not dim a pixel: the scale does not depend on the range of the map.
        Assert.Equal(one.Rgb[..9].ToArray(), Render([0.5f, 1, 1.5f, 90], 1, NoContour).Rgb[..9].ToArray());
    }

    [Fact]
    public void What_was_not_inspected_is_hatched()
    {
        var plan = new PreprocessingOptions(ResizeKind.ShorterSide, 32, crop: 32);
        InputGeometry geometry = Preprocessor.Plan(96, 64, plan);
        var original = new Image(96, 64, [.. Enumerable.Repeat((byte)200, 3 * 96 * 64)]);
        var map = new AnomalyMap(96, 64, new float[96 * 64]);
        Image plain = HeatmapRenderer.Render(original, map, 1, NoContour);
        byte[] rgb = HeatmapRenderer.Render(original, map, 1, NoContour with { Geometry = geometry }).Rgb.ToArray();
        Assert.Equal(original.Rgb.ToArray(), plain.Rgb.ToArray());
        for (int i = 0; i < 96 * 64; i++)
        {
            Assert.Equal(i % 96 is >= 16 and < 80, rgb[3 * i] == 200);
        }

        Assert.Equal((byte[])[96, 148, 200], rgb.Distinct().Order());
        InputGeometry whole = Preprocessor.Plan(96, 64, new PreprocessingOptions(ResizeKind.Squash, 32, crop: null));
        Assert.Equal(
            plain.Rgb.ToArray(),
            HeatmapRenderer.Render(original, map, 1, NoContour with { Geometry = whole }).Rgb.ToArray());
    }

    [Fact]
    public void Values_well_below_the_threshold_leave_the_image_as_it_is()
    {
        Image heatmap = Render([0, 0.2f, 0.69f, -1], 1, NoContour, gray: 77);
        Assert.All(heatmap.Rgb.ToArray(), value => Assert.Equal(77, value));
    }

    [Fact]
    public void Values_beyond_the_scale_get_its_last_color()
    {
        Image heatmap = Render([2, 3, float.MaxValue, float.PositiveInfinity], 1, NoContour with { MaxOpacity = 1 });
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(PerceptualColorMap.Colors[^3..].ToArray(), heatmap.Rgb.Slice(3 * i, 3).ToArray());
        }
    }

    [Fact]
    public void The_overlay_grows_more_opaque_with_the_value()
    {
        float[] values = [.. Enumerable.Range(0, 101).Select(i => i / 50f)];
        Image onBlack = Render(values, 1, NoContour, gray: 0);
        Image onWhite = Render(values, 1, NoContour, gray: 255);
        int[] visible = [.. Enumerable.Range(0, 101).Select(i => onWhite.Rgb[3 * i] - onBlack.Rgb[3 * i])];
        Assert.Equal(255, visible[0]);
        Assert.Equal(51, visible[^1], 2.0);
        Assert.All(visible.Zip(visible.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1));
    }

    [Fact]
    public void A_threshold_of_zero_shows_all_or_nothing()
    {
        Image heatmap = Render([0, 1e-9f], 0, NoContour with { MaxOpacity = 1 }, gray: 9);
        Assert.Equal([9, 9, 9], heatmap.Rgb[..3].ToArray());
        Assert.Equal(PerceptualColorMap.Colors[^3..].ToArray(), heatmap.Rgb[3..].ToArray());
    }

    [Fact]
    public void The_contour_follows_the_border_of_the_regions() =>
        Gen.Bool.Array[150 * 4].Sample(
            above =>
            {
                float[] values = [.. above.Select(a => a ? 1.2f : 0.1f)];
                Image heatmap = HeatmapRenderer.Render(
                    Gray(150, 4, 60),
                    new AnomalyMap(150, 4, values),
                    1,
                    new HeatmapOptions { MaxOpacity = 0, ContourThickness = 1 });
                for (int i = 0; i < values.Length; i++)
                {
                    int x = i % 150;
                    bool border = (x > 0 && above[i - 1] != above[i]) || (x < 149 && above[i + 1] != above[i])
                        || (i >= 150 && above[i - 150] != above[i]) || (i < 450 && above[i + 150] != above[i]);
                    Assert.Equal(border ? (above[i] ? 255 : 16) : 60, heatmap.Rgb[3 * i]);
                }
            },
            iter: 50);

    [Fact]
    public void The_contour_is_as_thick_as_asked_on_either_side()
    {
        float[] values = [.. Enumerable.Range(0, 200 * 3).Select(i => i % 200 < 100 ? 0f : 1.5f)];
        Image heatmap = HeatmapRenderer.Render(
            Gray(200, 3, 60),
            new AnomalyMap(200, 3, values),
            1,
            new HeatmapOptions { MaxOpacity = 0, ContourThickness = 3 });
        byte[] middle = [.. Enumerable.Range(95, 10).Select(x => heatmap.Rgb[3 * (200 + x)])];
        Assert.Equal([60, 60, 16, 16, 16, 255, 255, 255, 60, 60], middle);
    }

    [Theory]
    [InlineData(20, 255)]
    [InlineData(220, 16)]
    public void Small_images_get_one_line_outside_that_differs_from_the_ground(byte gray, byte line)
    {
        float[] values = [0, 0, 0, 0, 1.5f, 0, 0, 0, 0];
        Image heatmap = HeatmapRenderer.Render(
            Gray(3, 3, gray), new AnomalyMap(3, 3, values), 1, new HeatmapOptions { MaxOpacity = 0 });
        byte[] reds = [.. Enumerable.Range(0, 9).Select(i => heatmap.Rgb[3 * i])];
        Assert.Equal([gray, line, gray, line, gray, line, gray, line, gray], reds);
    }

    [Fact]
    public void Side_by_side_holds_the_original_and_the_overlay_apart_by_white()
    {
        Image original = Gray(300, 2, 50);
        var map = new AnomalyMap(300, 2, [.. Enumerable.Range(0, 600).Select(i => i / 300f)]);
        Image overlay = HeatmapRenderer.Render(original, map, 1);
        Image both = HeatmapRenderer.Render(original, map, 1, new HeatmapOptions { SideBySide = true });
        Assert.Equal((602, 2), (both.Width, both.Height));
        for (int y = 0; y < 2; y++)
        {
            Assert.Equal(original.Rgb.Slice(900 * y, 900), both.Rgb.Slice(1806 * y, 900));
            Assert.Equal([255, 255, 255, 255, 255, 255], both.Rgb.Slice(1806 * y + 900, 6).ToArray());
            Assert.Equal(overlay.Rgb.Slice(900 * y, 900), both.Rgb.Slice(1806 * y + 906, 900));
        }
    }

    [Fact]
    public void A_single_pixel_can_be_rendered() =>
        Assert.Equal(
            (4, 1),
            (
                Render([3f], 1, new HeatmapOptions { SideBySide = true }).Width,
                Render([3f], 1, new HeatmapOptions { SideBySide = true }).Height));

    [Fact]
    public void Mismatched_input_is_refused()
    {
        var map = new AnomalyMap(2, 1, [1, 2]);
        Assert.Throws<ArgumentException>(() => HeatmapRenderer.Render(Gray(1, 2, 0), map, 1));
        Assert.Throws<ArgumentException>(() => HeatmapRenderer.Render(Gray(2, 1, 0), map, float.NaN));
        Assert.Throws<SemiDefectException>(() => new HeatmapOptions { ThresholdPosition = 0 });
        Assert.Throws<SemiDefectException>(() => new HeatmapOptions { ThresholdPosition = double.NaN });
        Assert.Throws<SemiDefectException>(() => new HeatmapOptions { MaxOpacity = 1.1 });
        Assert.Throws<SemiDefectException>(() => new HeatmapOptions { ContourThickness = 9 });
    }

    private static Image Render(float[] values, float threshold, HeatmapOptions options, byte gray = 0) =>
        HeatmapRenderer.Render(
            Gray(values.Length, 1, gray), new AnomalyMap(values.Length, 1, values), threshold, options);

    private static Image Gray(int width, int height, byte value)
    {
        byte[] rgb = new byte[3 * width * height];
        Array.Fill(rgb, value);
        return new Image(width, height, rgb);
    }
}
