using CsCheck;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Scoring;

public class AnomalyMapTests
{
    [Theory]
    [InlineData("map/map_patch_scores_28.npy", "map/map_224.npy")]
    [InlineData("map/map_patch_scores_14.npy", "map/map_224_from14.npy")]
    public void Maps_equal_the_reference_to_1e_5(string scores, string map)
    {
        (int[] grid, float[] patchScores) = Golden.Read<float>(scores);
        (_, float[] expected) = Golden.Read<float>(map);
        var builder = new AnomalyMapBuilder(new AnomalyMapOptions());
        int patches = grid[1] * grid[2];
        for (int image = 0; image < grid[0]; image++)
        {
            double[] values = [.. patchScores.Skip(image * patches).Take(patches).Select(value => (double)value)];
            AnomalyMap actual = Build(builder, values, grid[1], grid[2], 224, 224);
            Golden.AssertClose(expected.AsSpan(image * 224 * 224, 224 * 224), actual.Values, 1e-5);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Blur_equals_the_definition_even_on_maps_smaller_than_the_kernel(bool isHalfSample) =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Double[0.3, 3], Gen.Float[0, 1].Array[81]).Sample(
            (width, height, sigma, noise) =>
            {
                BlurBorder border = isHalfSample ? BlurBorder.HalfSample : BlurBorder.WholeSample;
                float[] map = noise[..(width * height)];
                double[] expected = BlurByDefinition(map, width, height, sigma, border);
                new GaussianBlur(sigma, border).Apply(map, width, height);
                Golden.AssertClose([.. expected.Select(value => (float)value)], map, 1e-6);
            });

    [Fact]
    public void Nearest_upsampling_repeats_each_patch()
    {
        var builder = new AnomalyMapBuilder(
            new AnomalyMapOptions { Upsampling = MapUpsampling.Nearest, BlurSigma = 0 });
        Assert.Equal(
            [1f, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4], Build(builder, [1, 2, 3, 4], 2, 2, 4, 4).Values);
    }

    [Fact]
    public void The_original_map_undoes_crop_and_aspect()
    {
        // 100 x 50 squashed to 40 x 40, of which the middle 20 x 20 is inspected: original columns 25..74 and rows
        // 12.5..37.5.
        var geometry = new InputGeometry(100, 50, 40, 40, 10, 10, 20, 20);
        float[] values = new float[400];
        values[7 * 20 + 3] = 1;
        AnomalyMap map = AnomalyMapBuilder.ToOriginal(new AnomalyMap(20, 20, values), geometry);

        Assert.Equal((100, 50), (map.Width, map.Height));
        Region region = Assert.Single(map.FindRegions(0.3));
        (double x, double y) = geometry.ToOriginal(3, 7);
        Assert.InRange(region.CentroidX, x - 1, x + 1);
        Assert.InRange(region.CentroidY, y - 1, y + 1);
        Assert.Equal(0, map.Values[0]);
        Assert.All(Enumerable.Range(0, 50), row => Assert.Equal(0, map.Values[row * 100 + 20]));
    }

    [Fact]
    public void A_constant_map_stays_constant_where_it_was_inspected()
    {
        var geometry = new InputGeometry(31, 17, 31, 17, 0, 0, 31, 17);
        AnomalyMap map = Build(new AnomalyMapBuilder(new AnomalyMapOptions()), [2, 2, 2, 2], 2, 2, 17, 31);
        Assert.All(AnomalyMapBuilder.ToOriginal(map, geometry).Values, value => Assert.Equal(2, value, 1e-6));
    }

    private static AnomalyMap Build(
        AnomalyMapBuilder builder,
        double[] values,
        int gridHeight,
        int gridWidth,
        int height,
        int width)
    {
        View view = Grids.View(width, height);
        return builder.Build(
            [new PatchScores(new PatchLayout(gridHeight, gridWidth, view, null), values, [], 0)], view.Geometry, 0);
    }

    private static double[] BlurByDefinition(float[] map, int width, int height, double sigma, BlurBorder border)
    {
        int radius = (int)(4 * sigma + 0.5);
        double[] kernel =
            [.. Enumerable.Range(-radius, 2 * radius + 1).Select(i => Math.Exp(-0.5 * i * i / sigma / sigma))];
        double total = kernel.Sum();
        double[] result = new double[map.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int j = -radius; j <= radius; j++)
                {
                    for (int i = -radius; i <= radius; i++)
                    {
                        float value = map[Reflect(y + j, height, border) * width + Reflect(x + i, width, border)];
                        result[y * width + x] += kernel[j + radius] * kernel[i + radius] / total / total * value;
                    }
                }
            }
        }

        return result;
    }

    private static int Reflect(int i, int length, BlurBorder border)
    {
        while (i < 0 || i >= length)
        {
            if (border == BlurBorder.HalfSample)
            {
                i = i < 0 ? -1 - i : 2 * length - 1 - i;
            }
            else
            {
                i = length == 1 ? 0 : i < 0 ? -i : 2 * length - 2 - i;
            }
        }

        return i;
    }
}
