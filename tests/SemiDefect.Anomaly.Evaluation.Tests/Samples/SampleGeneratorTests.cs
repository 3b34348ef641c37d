using System.Numerics.Tensors;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Samples;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.TestSupport;
using SkiaSharp;

namespace SemiDefect.Anomaly.Evaluation.Tests.Samples;

[Trait("Speed", "Slow")]
public sealed class SampleGeneratorTests : IDisposable
{
    private static readonly string Committed = Path.Combine(Repository.Root, "datasets.sample");
    private static readonly string[] Dies = ["logic-die", "radio-die"];

    private static readonly string[] DefectTypes =
        [
            "broken_line", "circle", "diagonal_line", "dot", "out_line", "quarter_circle", "scratch", "semicircle",
            "short_line", "square_line", "thick_line", "thin_line"
        ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_committed_set_is_what_the_generator_makes_pixel_for_pixel()
    {
        SampleGenerator.Write(_folder.Path);
        string[] made = Files(_folder.Path);
        Assert.Equal(Files(Committed).Where(path => path != "README.md"), made);
        Assert.All(made, path => Assert.True(SamePixels(path), $"{path} differs from the committed file."));
    }

    [Fact]
    public void A_smaller_count_makes_fewer_images_and_no_other_ones()
    {
        var reports = new List<SampleProgress>();
        SampleGenerator.Write(_folder.Path, new SampleOptions { Count = 1 }, new Recorder(reports.Add));
        string[] made = Files(_folder.Path);
        Assert.Equal(2 * (1 + 1 + 12 + 12), made.Length);
        Assert.All(made, path => Assert.True(SamePixels(path), $"{path} differs from the one in the larger set."));
        Assert.Equal(Enumerable.Range(1, 28), reports.Select(report => report.Done).Order());
        Assert.All(reports, report => Assert.Equal(28, report.Total));
    }

    [Fact]
    public void Canceling_leaves_whole_files_and_another_seed_makes_other_images()
    {
        using var cancellation = new CancellationTokenSource();
        var options = new SampleOptions { Seed = 3 };
        Assert.Throws<OperationCanceledException>(() =>
            SampleGenerator.Write(_folder.Path, options, new Recorder(_ => cancellation.Cancel()), cancellation.Token));
        string[] made = Files(_folder.Path);
        Assert.InRange(made.Length, 1, 100);
        Assert.All(made, path => Assert.EndsWith(".png", path, StringComparison.Ordinal));
        Assert.All(made, path => Assert.False(SamePixels(path), $"{path} is the same for two seeds."));
    }

    [Fact]
    public void The_committed_set_has_every_type_of_defect_with_a_mask()
    {
        int smallestDot = int.MaxValue;
        foreach (string die in Dies)
        {
            LabeledDataset dataset = LabeledDataset.Open(Path.Combine(Committed, die));
            Assert.Equal(30, dataset.TrainGood!.Items.Count);
            Assert.Equal(8, dataset.Test.Count(item => !item.IsAbnormal));
            Assert.Equal(DefectTypes, dataset.Test.Where(item => item.IsAbnormal).Select(item => item.Type));
            foreach (LabeledImage item in dataset.Test.Where(item => item.IsAbnormal))
            {
                byte[] mask = Decode(Assert.IsType<string>(item.MaskPath));
                Assert.All(mask, value => Assert.True(value is 0 or 255));
                int area = mask.Count(value => value != 0) / 3;
                Assert.InRange(area, 3, 2000);
                smallestDot = item.Type == "dot" ? Math.Min(smallestDot, area) : smallestDot;
            }
        }

        Assert.InRange(smallestDot, 3, 9);
    }

    [Fact]
    public void A_difference_of_pixels_does_not_find_the_defects()
    {
        // Each image is blurred a little, which helps such methods. They find hardly more than chance does; a memory of
        // patch features (ResNet18, layers 2 and 3) reaches an AUROC of 0.89 on the logic die and 0.95 on the radio
        // die.
        foreach (string die in Dies)
        {
            LabeledDataset dataset = LabeledDataset.Open(Path.Combine(Committed, die));
            float[][] good = [.. dataset.TrainGood!.Items.Select(item => Blurred(item.FullPath))];
            float[] mean = new float[good[0].Length];
            foreach (float[] image in good)
            {
                TensorPrimitives.Add(mean, image, mean);
            }

            TensorPrimitives.Divide(mean, good.Length, mean);
            (float[] Pixels, bool IsDefect)[] test =
                [.. dataset.Test.Select(item => (Blurred(item.FullPath), item.IsAbnormal))];
            double toMean =
                Auroc(test.Select(image => ((double)LargestDifference(image.Pixels, mean), image.IsDefect)));
            double toNearest = Auroc(
                test.Select(
                    image => (good.Min(other => (double)LargestDifference(image.Pixels, other)), image.IsDefect)));
            Assert.InRange(toMean, 0, 0.75);
            Assert.InRange(toNearest, 0, 0.75);
        }
    }

    [Theory]
    [InlineData("logic-die")]
    [InlineData("radio-die")]
    public void A_bad_image_is_a_good_one_but_for_what_the_mask_marks(string die)
    {
        DiePattern pattern = die == "logic-die" ? LogicDie.Create() : RadioDie.Create();
        int channels = pattern.IsColor ? 3 : 1;
        for (int type = 0; type < DefectTypes.Length; type++)
        {
            ulong seed = 77 + (ulong)type;
            SampleImage bad = SampleRenderer.RenderDefect(pattern, DefectTypes[type], seed);
            SampleImage good = SampleRenderer.RenderGood(pattern, seed, trainIndex: null);
            byte[] mask = Assert.IsType<byte[]>(bad.Mask);
            Assert.Null(good.Mask);
            int strongest = 0;
            for (int i = 0; i < mask.Length; i++)
            {
                int change =
                    Enumerable.Range(i * channels, channels).Max(at => Math.Abs(bad.Pixels[at] - good.Pixels[at]));
                strongest = Math.Max(strongest, change);

                // The limit lies between 6 and 14 gray levels; rounding and the noise that grows with brightness shift
                // it a little.
                Assert.True(
                    mask[i] != 0 ? change >= 4 : change <= 16,
                    $"{DefectTypes[type]}: a change of {change} with mask {mask[i]}.");
            }

            Assert.InRange(strongest, 36, 255);
        }
    }

    [Fact]
    public void A_folder_with_other_images_is_refused_before_anything_is_written()
    {
        EmptyFiles.Make(_folder, "logic-die/train/good/mine.png");
        string message = Assert.Throws<SemiDefectException>(() => SampleGenerator.Write(_folder.Path)).Message;
        Assert.Contains("mine.png", message, StringComparison.Ordinal);
        Assert.Equal(["logic-die/train/good/mine.png"], Files(_folder.Path));
    }

    [Fact]
    public void Impossible_counts_and_places_are_refused()
    {
        Assert.Throws<SemiDefectException>(() => new SampleOptions { Count = 0 });
        Assert.Throws<SemiDefectException>(() => new SampleOptions { Count = 10_001 });
        File.WriteAllText(_folder.File("file"), string.Empty);
        Assert.Throws<SemiDefectException>(
            () => SampleGenerator.Write(_folder.File("file"), new SampleOptions { Count = 1 }));
    }

    private static string[] Files(string folder) =>
        [
            .. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
                .Order(StringComparer.Ordinal)
        ];

    private static byte[] Decode(string path)
    {
        using SKBitmap bitmap =
            SKBitmap.Decode(path, new SKImageInfo(256, 256, SKColorType.Rgba8888, SKAlphaType.Opaque));
        ReadOnlySpan<byte> rgba = bitmap.GetPixelSpan();
        byte[] rgb = new byte[rgba.Length / 4 * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            rgb[i] = rgba[i / 3 * 4 + i % 3];
        }

        return rgb;
    }

    /// <summary>
    /// The image after a binomial blur (1 4 6 4 1 in both directions), whose standard deviation is a pixel.
    /// </summary>
    private static float[] Blurred(string path)
    {
        float[] pixels = [.. Decode(path).Select(value => (float)value)];
        foreach (int step in (int[])[3, 256 * 3])
        {
            float[] source = [.. pixels];
            for (int i = 2 * step; i < source.Length - 2 * step; i++)
            {
                pixels[i] = (source[i - 2 * step]
                    + source[i + 2 * step]
                    + 4 * (source[i - step] + source[i + step])
                    + 6 * source[i])
                    / 16;
            }
        }

        return pixels;
    }

    private static float LargestDifference(float[] first, float[] second)
    {
        float[] difference = new float[first.Length];
        TensorPrimitives.Subtract(first, second, difference);
        return Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference));
    }

    private static double Auroc(IEnumerable<(double Score, bool IsDefect)> scores)
    {
        ILookup<bool, double> byDefect = scores.ToLookup(score => score.IsDefect, score => score.Score);
        return byDefect[true].Average(bad => byDefect[false].Average(good => bad > good ? 1.0 : bad == good ? 0.5 : 0));
    }

    // Not the bytes, which are the encoder's matter: the committed set was written by an earlier one.
    private bool SamePixels(string path)
    {
        byte[] made = File.ReadAllBytes(_folder.File(path));
        byte[] committed = File.ReadAllBytes(Path.Combine(Committed, path));

        // Size, depth and color type, then what our own reader finds.
        return made.AsSpan(16, 13).SequenceEqual(committed.AsSpan(16, 13))
            && ImageFile.Decode(made, path).Rgb.SequenceEqual(ImageFile.Decode(committed, path).Rgb);
    }

    private sealed class Recorder(Action<SampleProgress> report) : IProgress<SampleProgress>
    {
        private readonly Lock _lock = new();

        public void Report(SampleProgress value)
        {
            lock (_lock)
            {
                report(value);
            }
        }
    }
}
