using SemiDefect.Anomaly.Evaluation.Rehearsals;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Tests.Rehearsals;

public sealed class SoftDefectTests
{
    private const int Side = 96;

    public static TheoryData<SyntheticDefectKind> Kinds => [.. RehearsalOptions.SoftKinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_noise_inside_a_defect_is_that_outside(SyntheticDefectKind kind)
    {
        var profile = new PictureProfile(Picture(1, (_, _) => 128, noise: 6));
        var inside = new List<double>();
        var outside = new List<double>();
        for (ulong seed = 0; seed < 6; seed++)
        {
            PlantedImage planted = DefectPlanter.Plant(profile, kind, 32, 1, new SeededGenerator(seed));
            for (int y = 1; y < Side - 1; y++)
            {
                for (int x = 1; x < Side - 1; x++)
                {
                    bool isInside = planted.Mask[y * Side + x] != 0;
                    (isInside ? inside : outside).Add(SecondDifference(planted.Image, x, y));
                }
            }
        }

        double ratio = Math.Sqrt(inside.Average(value => value * value) / outside.Average(value => value * value));
        Assert.InRange(ratio, 0.75, 1.25);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_same_seed_plants_the_same_bytes(SyntheticDefectKind kind)
    {
        Image image = Picture(2, Stripes, noise: 3);
        PlantedImage first = DefectPlanter.Plant(image, kind, 24, 0.7, new SeededGenerator(5));
        PlantedImage second = DefectPlanter.Plant(image, kind, 24, 0.7, new SeededGenerator(5));
        Assert.Equal(first.Image.Sha256(), second.Image.Sha256());
        Assert.Equal(first.Mask, second.Mask);
        Assert.NotEqual(image.Sha256(), first.Image.Sha256());
    }

    [Theory]
    [InlineData(6)]
    [InlineData(20)]
    [InlineData(32)]
    public void A_spot_has_the_size_asked_at_half_its_strength(int size)
    {
        // Without noise, what is added is the share of the mask times the strength.
        var profile = new PictureProfile(Picture(3, (_, _) => 128, noise: 0));
        for (ulong seed = 0; seed < 10; seed++)
        {
            PlantedImage planted =
                DefectPlanter.Plant(profile, SyntheticDefectKind.Spot, size, 1, new SeededGenerator(seed));
            int[] changes = [.. Enumerable.Range(0, Side * Side).Select(i => Math.Abs(planted.Image.Rgb[3 * i] - 128))];
            int half = changes.Max() / 2;
            int[] strong = [.. Enumerable.Range(0, changes.Length).Where(i => changes[i] >= half)];
            int width = strong.Max(i => i % Side) - strong.Min(i => i % Side) + 1;
            int height = strong.Max(i => i / Side) - strong.Min(i => i / Side) + 1;
            Assert.InRange(Math.Max(width, height), 0.65 * size, size + 2);
        }
    }

    [Theory]
    [InlineData(0.01, 0.3, 0.6)]
    [InlineData(1.5, 1.2, 1.9)]
    [InlineData(3, 2.5, 3.6)]
    public void The_softness_of_edges_is_measured(double sigma, double least, double most)
    {
        double[] sharp = [.. Enumerable.Range(0, Side * Side).Select(i => Stripes(i % Side, i / Side))];
        double[] soft = PlanarBlur.Apply(sharp, Side, Side, sigma);
        double[] widths = EdgeWidths.Measure(soft, Side, Side, 20);
        Assert.InRange(widths[widths.Length / 2], least, most);
    }

    [Fact]
    public void Defects_are_planted_on_the_part_and_not_on_plain_background()
    {
        static double Part(int x, int y) => x is >= 20 and < 60 && y is >= 30 and < 70 ? 150 : 30;
        var profile = new PictureProfile(Picture(4, Part, noise: 2));
        for (ulong seed = 0; seed < 40; seed++)
        {
            PlantedImage planted =
                DefectPlanter.Plant(profile, SyntheticDefectKind.Spot, 10, 0.8, new SeededGenerator(seed));
            int centerX = planted.Box.Left + planted.Box.Width / 2;
            int centerY = planted.Box.Top + planted.Box.Height / 2;
            Assert.InRange(centerX, 18, 62);
            Assert.InRange(centerY, 28, 72);
        }
    }

    [Theory]
    [InlineData(SyntheticDefectKind.CutPaste)]
    [InlineData(SyntheticDefectKind.Texture)]
    [InlineData(SyntheticDefectKind.MissingPart)]
    [InlineData(SyntheticDefectKind.Missing)]
    [InlineData(SyntheticDefectKind.Displaced)]
    [InlineData(SyntheticDefectKind.Doubled)]
    public void Structural_defects_can_be_seen_at_full_contrast(SyntheticDefectKind kind)
    {
        // One bright track on a plain ground, where most places show nothing to change.
        var profile = new PictureProfile(Picture(5, (x, _) => x is >= 40 and < 48 ? 200 : 80, noise: 2));
        int seen = 0;
        for (ulong seed = 0; seed < 20; seed++)
        {
            PlantedImage planted = DefectPlanter.Plant(profile, kind, 20, 1, new SeededGenerator(seed));
            int strongest = Enumerable.Range(0, Side * Side)
                .Max(i => Math.Abs(planted.Image.Rgb[3 * i] - profile.Image.Rgb[3 * i]));
            seen += strongest >= 40 ? 1 : 0;
        }

        Assert.InRange(seen, 15, 20);
    }

    private static double SecondDifference(Image image, int x, int y)
    {
        double At(int dx, int dy) => image.Rgb[3 * ((y + dy) * Side + x + dx)];
        return 4 * At(0, 0) - 2 * (At(-1, 0) + At(1, 0) + At(0, -1) + At(0, 1))
            + At(-1, -1) + At(1, -1) + At(-1, 1) + At(1, 1);
    }

    private static double Stripes(int x, int y) => x / 16 % 2 == 0 ? 80 : 180;

    private static Image Picture(ulong seed, Func<int, int, double> value, double noise)
    {
        var generator = new SeededGenerator(seed);
        byte[] rgb = new byte[3 * Side * Side];
        for (int i = 0; i < Side * Side; i++)
        {
            double gray = value(i % Side, i / Side) + noise * generator.NextGaussian();
            rgb.AsSpan(3 * i, 3).Fill((byte)Math.Clamp(Math.Round(gray), 0, 255));
        }

        return new Image(Side, Side, rgb);
    }
}
