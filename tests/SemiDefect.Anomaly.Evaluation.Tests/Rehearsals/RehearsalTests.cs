using SemiDefect.Anomaly.Evaluation.Rehearsals;
using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Rehearsals;

[Trait("Speed", "Slow")]
public sealed class RehearsalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<SyntheticDefectKind> Kinds => [.. Enum.GetValues<SyntheticDefectKind>()];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_defect_changes_only_what_its_mask_and_extent_say(SyntheticDefectKind kind)
    {
        Image image = Texture(60, 50);
        for (ulong seed = 0; seed < 20; seed++)
        {
            PlantedImage planted = DefectPlanter.Plant(image, kind, 20, 0.8, new SeededGenerator(seed));
            (int left, int top, int width, int height) = planted.Box;
            bool isLine = kind is SyntheticDefectKind.Scratch or SyntheticDefectKind.Crack;

            // A soft edge reaches three sigma further; that of a shade is a fifth of its size wide.
            int soft = !RehearsalOptions.SoftKinds.Contains(kind) ? 0 : kind == SyntheticDefectKind.Shade ? 12 : 3;
            Assert.InRange(width, isLine ? 1 : 4, 20 + 2 * soft);
            Assert.InRange(height, isLine ? 1 : 4, 20 + 2 * soft);
            int changedMarked = 0;
            for (int i = 0; i < 60 * 50; i++)
            {
                bool isChanged = !planted.Image.Rgb.Slice(3 * i, 3).SequenceEqual(image.Rgb.Slice(3 * i, 3));
                bool isNear = i % 60 >= left - 3
                    && i % 60 < left + width + 3
                    && i / 60 >= top - 3
                    && i / 60 < top + height + 3;
                Assert.True(isNear || !isChanged, $"{kind}: pixel {i} changed far from the box");
                Assert.True(!isChanged || soft == 0 || planted.Mask[i] != 0, $"{kind}: pixel {i} changed unmarked");
                Assert.True(
                    planted.Mask[i] == 0
                        || (i % 60 >= left && i % 60 < left + width && i / 60 >= top && i / 60 < top + height));
                changedMarked += isChanged && planted.Mask[i] != 0 ? 1 : 0;
            }

            Assert.True(
                changedMarked > planted.Mask.Count(value => value != 0) / 2,
                $"{kind}: {changedMarked} marked pixels changed");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void More_contrast_is_more_change_at_the_same_place(SyntheticDefectKind kind)
    {
        Image image = Texture(60, 50);
        PlantedImage faint = DefectPlanter.Plant(image, kind, 16, 0.2, new SeededGenerator(7));
        PlantedImage strong = DefectPlanter.Plant(image, kind, 16, 0.8, new SeededGenerator(7));
        Assert.Equal(faint.Box, strong.Box);

        // Noise that is moved by a pixel has changed as much as it ever will.
        double factor = kind == SyntheticDefectKind.Bent ? 1.2 : 2;
        Assert.True(Change(strong) > factor * Change(faint), $"{Change(strong)} against {Change(faint)}");

        double Change(PlantedImage planted)
        {
            double sum = 0;
            for (int i = 0; i < image.Rgb.Length; i++)
            {
                sum += Math.Abs(planted.Image.Rgb[i] - image.Rgb[i]);
            }

            return sum;
        }
    }

    [Fact]
    public void Poisson_blending_solves_its_equation()
    {
        // Border values of a harmonic function (x squared less y squared) must bring that function back inside.
        const int Side = 24;
        double[] truth =
        [
            .. Enumerable.Range(0, Side * Side)
                .Select(i => (double)((i % Side) * (i % Side) - (i / Side) * (i / Side)) / 4)
        ];
        bool[] inside =
        [
            .. Enumerable.Range(0, Side * Side)
                .Select(i => i % Side is > 0 and < Side - 1 && i / Side is > 0 and < Side - 1)
        ];
        double[] values = [.. truth.Select((value, i) => inside[i] ? 0 : value)];
        PoissonBlend.Solve(values, new double[Side * Side], inside, Side);
        Assert.All(values.Zip(truth), pair => Assert.Equal(pair.Second, pair.First, 0.5));

        // With the Laplacian of any picture, that picture comes back.
        double[] picture = [.. Enumerable.Range(0, Side * Side).Select(i => (double)(i * 37 % 101))];
        double[] laplacian = new double[Side * Side];
        for (int i = Side; i < picture.Length - Side; i++)
        {
            laplacian[i] = picture[i - 1] + picture[i + 1] + picture[i - Side] + picture[i + Side] - 4 * picture[i];
        }

        values = [.. picture.Select((value, i) => inside[i] ? 0 : value)];
        PoissonBlend.Solve(values, laplacian, inside, Side);
        Assert.All(values.Zip(picture), pair => Assert.Equal(pair.Second, pair.First, 0.5));
    }

    [Fact]
    public void A_rehearsal_finds_the_strong_misses_the_faint_and_repeats_itself()
    {
        string good = SyntheticParts.WriteGood(_folder.File("good"), 20);
        for (int i = 16; i < 20; i++)
        {
            SmallDataset.Move(Path.Combine(good, $"{i:D3}.png"), _folder.File($"held-out/{i:D3}.png"));
        }

        using AnomalyDetector detector = AnomalyDetector.Fit(
            ImageFolder.Open(good), FitPresets.Create(FitPresets.Fast) with
            { ResizeSize = 96, Coreset = new(fraction: 0.2), Folds = 4 });
        var options = new RehearsalOptions
        {
            Sizes = [24, 4],
            Contrasts = [0.005, 0.6],
            Kinds = [SyntheticDefectKind.Dot, SyntheticDefectKind.Stain],
            Images = 3,
        };
        RehearsalResult result = Rehearsal.Run(detector, ImageFolder.Open(_folder.File("held-out")), options);

        Assert.Equal([4, 24], result.Options.Sizes);
        Assert.Equal(8, result.Cells.Count);
        RehearsalCell strong =
            result.Cells.Single(cell => cell is { Kind: SyntheticDefectKind.Dot, Size: 24, Contrast: 0.6 });
        Assert.Equal((strong.Trials, strong.Trials), (strong.Found, strong.Located));
        Assert.True(strong.Trials >= 2);
        Assert.All(result.Cells.Where(cell => cell.Contrast < 0.1), cell => Assert.Equal(0, cell.Found));
        Assert.Equal(0.6, result.Limits[0].LowestContrast);
        Assert.Equal(
            RehearsalJson.Write(result),
            RehearsalJson.Write(Rehearsal.Run(detector, ImageFolder.Open(_folder.File("held-out")), options)));
    }

    [Fact]
    public void The_limit_is_the_least_from_the_top_without_a_gap()
    {
        var options = new RehearsalOptions
        {
            Sizes = [8, 16, 32],
            Contrasts = [0.1, 0.5],
            Kinds = [SyntheticDefectKind.Dot, SyntheticDefectKind.Scratch],
        };
        RehearsalCell Cell(SyntheticDefectKind kind, int size, double contrast, int found) =>
            new(kind, size, contrast, 10, found, found);
        var result = new RehearsalResult(options, [], [],
        [
            Cell(SyntheticDefectKind.Dot, 8, 0.1, 10), Cell(SyntheticDefectKind.Dot, 8, 0.5, 10),
            Cell(SyntheticDefectKind.Dot, 16, 0.1, 0), Cell(SyntheticDefectKind.Dot, 16, 0.5, 8),
            Cell(SyntheticDefectKind.Dot, 32, 0.1, 9), Cell(SyntheticDefectKind.Dot, 32, 0.5, 10),
            Cell(SyntheticDefectKind.Scratch, 32, 0.5, 8),
        ]);
        Assert.Equal(new RehearsalLimit(SyntheticDefectKind.Dot, 32, 0.1), result.Limits[0]);
        Assert.Equal(new RehearsalLimit(SyntheticDefectKind.Scratch, null, null), result.Limits[1]);
    }

    [Fact]
    public void Impossible_options_are_refused()
    {
        Assert.Throws<SemiDefectException>(() => new RehearsalOptions { Sizes = [] });
        Assert.Throws<SemiDefectException>(() => new RehearsalOptions { Sizes = [1] });
        Assert.Throws<SemiDefectException>(() => new RehearsalOptions { Contrasts = [0] });
        Assert.Throws<SemiDefectException>(() => new RehearsalOptions { Contrasts = [double.NaN] });
        Assert.Throws<SemiDefectException>(() => new RehearsalOptions { Images = 0 });
    }

    private static Image Texture(int width, int height)
    {
        var generator = new SeededGenerator(11);
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++)
        {
            rgb.AsSpan(3 * i, 3).Fill((byte)(60 + 60 * (i % width / 7 % 2) + generator.NextInt32(50)));
        }

        return new Image(width, height, rgb);
    }
}
