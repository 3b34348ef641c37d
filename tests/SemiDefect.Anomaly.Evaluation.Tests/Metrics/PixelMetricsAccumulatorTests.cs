using CsCheck;
using SemiDefect.Anomaly.Evaluation.Metrics;
using SemiDefect.Anomaly.Imaging.Masks;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Tests.Metrics;

public class PixelMetricsAccumulatorTests
{
    private sealed record Sample(string Group, float[] Map, byte[] Mask, int Width, int Height);

    private static readonly Gen<Sample> Images =
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[0, 3], Gen.Int[0, 60])
            .SelectMany((width, height, group, percent) =>
            Gen.Select(
                Gen.Int[-8, 8].Select(value => value / 4f).Array[width * height],
                Gen.Int[0, 99].Select(value => (byte)(value < percent && group > 0 ? 1 : 0)).Array[width * height],
                (map, mask) => new Sample(group == 0 ? "good" : $"type{group}", map, mask, width, height)));

    [Fact]
    public void Pixel_metrics_equal_scikit_learn()
    {
        foreach (GoldenMetrics.PixelCase golden in GoldenMetrics.Load().Pixels)
        {
            using var accumulator = new PixelMetricsAccumulator();
            foreach (GoldenMetrics.PixelMap map in golden.Maps)
            {
                accumulator.Add(
                    map.Map, [.. map.Mask.Select(value => (byte)value)], golden.Width, golden.Height, "any");
            }

            PixelMetrics metrics = accumulator.Complete().Overall;
            Assert.Equal(golden.Auroc, metrics.Auroc!.Value, 1e-9);
            Assert.Equal(golden.AveragePrecision, metrics.AveragePrecision!.Value, 1e-9);
        }
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void All_metrics_equal_brute_force_over_every_threshold_however_small_the_buffers() =>
        Gen.Select(Images.Array[1, 8], Gen.Int[1, 40], Gen.Int[1, 40]).Sample((images, goodCapacity, defectCapacity) =>
        {
            using var accumulator = new PixelMetricsAccumulator(goodCapacity, defectCapacity);
            foreach (Sample image in images)
            {
                accumulator.Add(image.Map, image.Mask, image.Width, image.Height, image.Group);
            }

            PixelReport report = accumulator.Complete(resamples: 2);
            AssertEqual(BruteForce(images, _ => true), report.Overall);
            string[] groupsWithDefects =
                [.. images.Where(HasDefects).Select(image => image.Group).Distinct().Order(StringComparer.Ordinal)];
            Assert.Equal(groupsWithDefects, report.PerGroup.Keys);
            foreach (string group in groupsWithDefects)
            {
                Sample[] members =
                    [.. images.Where(image => image.Group == group || !groupsWithDefects.Contains(image.Group))];
                AssertEqual(BruteForce(members, _ => true), report.PerGroup[group]);
            }
        }, iter: 300);

    [Fact]
    public void Each_size_class_sees_its_own_regions_against_all_good_pixels()
    {
        // 40 x 40 = 1600 and 10 x 10 = 100 pixels; with 16 original pixels each, 1600 become large and 100 medium.
        byte[] mask = new byte[100 * 60];
        float[] map = new float[mask.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            int x = i % 100;
            int y = i / 100;
            mask[i] = (byte)((x < 40 && y < 40) || (x >= 80 && x < 90 && y >= 45 && y < 55) ? 255 : 0);
            map[i] = (i * 7919 % 1000) / 250f + (mask[i] != 0 ? 1 : 0) + (x < 40 ? 0.5f : 0);
        }

        var image = new Sample("scratch", map, mask, 100, 60);
        foreach ((double areaPerPixel, DefectSize small, DefectSize large)
            in new[] { (1, DefectSize.From8To16, DefectSize.Medium), (16.0, DefectSize.Medium, DefectSize.Large) })
        {
            using var accumulator = new PixelMetricsAccumulator();
            accumulator.Add(map, mask, 100, 60, "scratch", areaPerPixel);
            PixelReport report = accumulator.Complete(0);
            AssertEqual(BruteForce([image], area => area == 100), report.PerSize[small]);
            AssertEqual(BruteForce([image], area => area == 1600), report.PerSize[large]);
            Assert.All(
                Enum.GetValues<DefectSize>().Except([small, large]), size => Assert.Null(report.PerSize[size].Aupro));
        }
    }

    [Theory]
    [InlineData(63, DefectSize.Under8)]
    [InlineData(64, DefectSize.From8To16)]
    [InlineData(255, DefectSize.From8To16)]
    [InlineData(256, DefectSize.From16To32)]
    [InlineData(1023, DefectSize.From16To32)]
    [InlineData(1024, DefectSize.Medium)]
    [InlineData(9216, DefectSize.Medium)]
    [InlineData(9217, DefectSize.Large)]
    public void Size_classes_part_at_8_16_32_and_96_pixels(int area, DefectSize size) =>
        Assert.Equal(size, PixelMetricsAccumulator.SizeOf(area));

    [Fact]
    public void Without_defects_or_without_good_pixels_the_metrics_are_null()
    {
        using var good = new PixelMetricsAccumulator();
        good.Add([1, 2, 3, 4], [], 2, 2, "good");
        good.Add([1, 2, 3, 4], new byte[4], 2, 2, "scratch");
        Assert.Equal(new PixelMetrics(null, null, null, 0, 0, 8), good.Complete().Overall);
        Assert.Empty(good.Complete().PerGroup);

        using var bad = new PixelMetricsAccumulator();
        bad.Add([1, 2, 3, 4], [1, 1, 1, 1], 2, 2, "scratch");
        Assert.Equal(new PixelMetrics(null, 1, null, 1, 4, 0), bad.Complete().Overall);

        using var none = new PixelMetricsAccumulator();
        Assert.Equal(new PixelMetrics(null, null, null, 0, 0, 0), none.Complete().Overall);
    }

    [Fact]
    public void A_map_that_finds_every_region_first_has_an_AUPRO_of_1_and_the_reverse_one_of_0()
    {
        float[] map = [9, 1, 2, 8];
        using var perfect = new PixelMetricsAccumulator();
        perfect.Add(map, [1, 0, 0, 1], 4, 1, "t");
        Assert.Equal(1, perfect.Complete().Overall.Aupro!.Value, 1e-12);
        using var reversed = new PixelMetricsAccumulator();
        reversed.Add(map, [0, 1, 1, 0], 4, 1, "t");
        Assert.Equal(0, reversed.Complete().Overall.Aupro!.Value, 1e-12);
    }

    [Fact]
    public void Plus_and_minus_zero_tie()
    {
        using var accumulator = new PixelMetricsAccumulator();
        accumulator.Add([0f, -0f], [1, 0], 2, 1, "t");
        Assert.Equal(0.5, accumulator.Complete().Overall.Auroc!.Value, 1e-12);
    }

    [Fact]
    public void Keys_descend_as_scores_rise() =>
        Gen.Select(Gen.Float, Gen.Float)
            .Where(pair => !float.IsNaN(pair.Item1) && !float.IsNaN(pair.Item2))
            .Sample((a, b) =>
            Assert.Equal(
                b.CompareTo(a) * (a == b ? 0 : 1),
                PixelMetricsAccumulator.DescendingKey(a).CompareTo(PixelMetricsAccumulator.DescendingKey(b))));

    [Fact]
    public void Wrong_sizes_and_values_that_are_not_numbers_are_refused()
    {
        using var accumulator = new PixelMetricsAccumulator();
        Assert.Throws<ArgumentException>(() => accumulator.Add([1, 2, 3], [], 2, 2, "t"));
        Assert.Throws<ArgumentException>(() => accumulator.Add([1, 2, 3, 4], [1], 2, 2, "t"));
        Assert.Throws<ArgumentException>(() => accumulator.Add([1, float.NaN], [], 2, 1, "t"));
    }

    [Fact]
    public void Intervals_hold_the_metrics_and_widen_with_fewer_images()
    {
        PixelReport few = Report(8);
        PixelReport many = Report(80);
        foreach (PixelReport report in new[] { few, many })
        {
            Assert.InRange(
                report.Overall.Auroc!.Value, report.AurocInterval!.Value.Low, report.AurocInterval.Value.High);
            Assert.InRange(
                report.Overall.Aupro!.Value, report.AuproInterval!.Value.Low, report.AuproInterval.Value.High);
        }

        Assert.True(
            few.AurocInterval!.Value.High - few.AurocInterval.Value.Low
                > 1.5 * (many.AurocInterval!.Value.High - many.AurocInterval.Value.Low));
    }

    private static PixelReport Report(int count)
    {
        var generator = new SeededGenerator(3);
        using var accumulator = new PixelMetricsAccumulator();
        for (int n = 0; n < count; n++)
        {
            byte[] mask = new byte[400];
            float[] map = new float[400];
            double strength = generator.NextDouble(0, 3);
            for (int i = 0; i < map.Length; i++)
            {
                mask[i] = (byte)(n % 2 == 0 && i % 20 < 6 && i < 120 ? 1 : 0);
                map[i] = (float)(generator.NextGaussian() + 10 + (mask[i] * strength));
            }

            accumulator.Add(map, mask, 20, 20, n % 2 == 0 ? "scratch" : "good");
        }

        return accumulator.Complete();
    }

    private static bool HasDefects(Sample image) => image.Mask.Any(value => value != 0);

    // Every distinct score is tried as a threshold, and everything counted anew.
    private static PixelMetrics BruteForce(IReadOnlyList<Sample> images, Func<int, bool> takesArea)
    {
        var good = new List<float>();
        var regions = new List<float[]>();
        foreach (Sample image in images)
        {
            (int[] labels, int count) = ConnectedComponents.Label(image.Mask, image.Width, image.Height);
            good.AddRange(image.Map.Where((_, i) => labels[i] == 0));
            regions.AddRange(
                Enumerable.Range(1, count)
                    .Select(label => image.Map.Where((_, i) => labels[i] == label).ToArray())
                    .Where(region => takesArea(region.Length)));
        }

        float[] defective = [.. regions.SelectMany(region => region)];
        float[] thresholds = [.. good.Concat(defective).Distinct().OrderDescending()];
        double? auroc = good.Count == 0 || defective.Length == 0
            ? null
            : defective.Average(d => good.Average(g => d > g ? 1 : d == g ? 0.5 : 0));
        double? averagePrecision = defective.Length == 0 ? null : 0;
        double area = 0;
        double recallBefore = 0;
        (double X, double Y) before = (0, 0);
        foreach (float threshold in thresholds)
        {
            double found = defective.Count(d => d >= threshold);
            double alarms = good.Count(g => g >= threshold);
            double recall = defective.Length == 0 ? 0 : found / defective.Length;
            averagePrecision += (recall - recallBefore) * (found + alarms == 0 ? 0 : found / (found + alarms));
            recallBefore = recall;
            (double X, double Y) now =
                (
                    good.Count == 0 ? 0 : alarms / good.Count,
                    regions.Count == 0
                        ? 0
                        : regions.Average(region => region.Count(v => v >= threshold) / (double)region.Length));
            double left = Math.Min(before.X, 0.3);
            double right = Math.Min(now.X, 0.3);
            if (right > left)
            {
                double Height(double x) => before.Y + (now.Y - before.Y) * (x - before.X) / (now.X - before.X);
                area += (right - left) * (Height(left) + Height(right)) / 2;
            }

            before = now;
        }

        double? aupro = good.Count == 0 || regions.Count == 0 ? null : area / 0.3;
        return new PixelMetrics(auroc, averagePrecision, aupro, regions.Count, defective.Length, good.Count);
    }

    private static void AssertEqual(PixelMetrics expected, PixelMetrics actual)
    {
        Assert.Equal(
            (expected.Regions, expected.DefectPixels, expected.GoodPixels),
            (actual.Regions, actual.DefectPixels, actual.GoodPixels));
        foreach ((double? e, double? a)
            in new[]
            {
                (expected.Auroc, actual.Auroc),
                (expected.AveragePrecision, actual.AveragePrecision),
                (expected.Aupro, actual.Aupro),
            })
        {
            Assert.True(
                e is null == a is null && (e is null || Math.Abs(e.Value - a!.Value) <= 1e-9),
                $"{actual} instead of {expected}");
        }
    }
}
