using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Naming;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Serialization;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Naming;

public sealed class TeachingTests : IDisposable
{
    private const int Side = 96;

    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public TeachingTests()
    {
        _path = _folder.File("plain.sdad");
        using AnomalyDetector detector = AnomalyDetector.Fit(
            Pictures.Good(6, Side, Side), CellFits.Options() with { GoldenImages = 2 });
        detector.Save(_path);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("box", true)]
    [InlineData("box", false)]
    [InlineData("mask", true)]
    [InlineData("whole", true)]
    public void Regions_of_new_images_get_the_names_that_were_taught(string kind, bool views)
    {
        using AnomalyDetector taught = Teach(kind, new TeachOptions { Views = views });
        DefectNames names = taught.Description.Names!;
        Assert.Equal(["dark", "light"], names.Types.Select(type => type.Name));
        Assert.All(names.Types, type => Assert.Equal((4, 4), (type.Defects, type.Right)));
        Assert.Equal(1, names.HeldOutAccuracy);
        Assert.Equal(views, names.Views > 0);
        foreach ((Image image, string type, int x, int y) in Defective(6, 500))
        {
            Inspection inspection = taught.Inspect(image);
            Assert.NotEmpty(inspection.Regions);
            Assert.All(inspection.Regions, region => Assert.Equal(type, region.Type!.Name));
            Assert.Equal(inspection.Regions, inspection.WithThreshold(2).Regions);
            if (kind == "box")
            {
                DefectBox box = inspection.Regions[0].Type!.Box;
                Assert.InRange(box.Overlap(new DefectBox(x, y, x + 18, y + 18)), 0.4, 1);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Images_as_a_whole_get_one_name(bool views)
    {
        using AnomalyDetector taught = Teach("whole", new TeachOptions { Whole = true, Views = views });
        DefectNames names = taught.Description.Names!;
        Assert.True(names.IsWhole);
        Assert.Equal(views ? 7 * 8 : 0, names.Views);
        Assert.Equal(1, names.HeldOutAccuracy);
        Assert.Equal(2, VersionOfNames("taught.sdad"));
        foreach ((Image image, string type, int _, int _) in Defective(6, 500))
        {
            Inspection inspection = taught.Inspect(image);
            RegionType only = Assert.Single(inspection.Defects);
            Assert.Equal(type, only.Closest);
            Assert.Equal(new DefectBox(0, 0, Side, Side), only.Box);
            Assert.All(inspection.Regions, region => Assert.Same(only, region.Type));
        }

        Inspection good = taught.Inspect(Pictures.Good(1, Side, Side).Read(0, CancellationToken.None));
        Assert.Equal(good.Regions.Count > 0 || good.Decision != Decision.Normal ? 1 : 0, good.Defects.Count);
        byte[] bytes = File.ReadAllBytes(_folder.File("taught.sdad"));
        taught.Save(_folder.File("saved.sdad"));
        Assert.Equal(bytes, File.ReadAllBytes(_folder.File("saved.sdad")));
        using AnomalyDetector regions = Teach("whole", new TeachOptions());
        Assert.False(regions.Description.Names!.IsWhole);
        Assert.Equal(1, VersionOfNames("taught.sdad"));
    }

    [Fact]
    public void Two_names_for_one_image_as_a_whole_are_refused()
    {
        using AnomalyDetector detector = Open(_path);
        SemiDefectException refused = Assert.Throws<SemiDefectException>(() => detector.LearnNames(
            new ImageList([("a.png", Pictures.Texture(Side, Side, 1))]),
            (_, _) => [new DefectLabel("dark"), new DefectLabel("light")],
            new TeachOptions { Whole = true }));
        Assert.Contains("'dark' and 'light'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_change_no_score_and_no_map_and_can_be_forgotten()
    {
        using AnomalyDetector plain = Open(_path);
        using AnomalyDetector taught = Teach("box", new TeachOptions());
        Image image = Defective(1, 900).First().Image;
        Assert.Equal(plain.Inspect(image).Score, taught.Inspect(image).Score);
        Assert.Equal(plain.Inspect(image).Map.Values, taught.Inspect(image).Map.Values);
        Assert.Equal(
            plain.Inspect(image).Regions, taught.Inspect(image).Regions.Select(region => region with { Type = null }));
        Assert.Equal(plain.Fingerprint, taught.Fingerprint);
        Assert.All(plain.Inspect(image).Regions, region => Assert.Null(region.Type));
        AnomalyDetector.ChangeNames(_folder.File("taught.sdad"), null, _folder.File("forgotten.sdad"));
        Assert.Equal(File.ReadAllBytes(_path), File.ReadAllBytes(_folder.File("forgotten.sdad")));
    }

    [Fact]
    public void The_same_labels_give_the_same_file_and_a_batch_the_same_names()
    {
        using AnomalyDetector first = Teach("mask", new TeachOptions());
        byte[] bytes = File.ReadAllBytes(_folder.File("taught.sdad"));
        using AnomalyDetector second = Teach("mask", new TeachOptions());
        Assert.Equal(bytes, File.ReadAllBytes(_folder.File("taught.sdad")));
        first.Save(_folder.File("saved.sdad"));
        Assert.Equal(bytes, File.ReadAllBytes(_folder.File("saved.sdad")));
        Image[] images = [.. Defective(3, 700).Select(defect => defect.Image)];
        IReadOnlyList<Inspection> batch = second.InspectBatch(
            [.. images.Select(second.Prepare)], [.. images.Select((_, i) => $"{i}")]);
        Assert.Equal(images.SelectMany(image => first.Inspect(image).Regions), batch.SelectMany(one => one.Regions));
    }

    [Fact]
    public void Detectors_of_several_working_sizes_and_tiles_name_regions()
    {
        using AnomalyDetector detector = AnomalyDetector.Fit(
            Pictures.Good(6, Side, Side),
            CellFits.Options() with { Resize = ResizeKind.Squash, Scales = [64, 96], GoldenImages = 2 });
        detector.Save(_path);
        using AnomalyDetector taught = Teach("box", new TeachOptions());
        (Image image, string type, int _, int _) = Defective(1, 800).First();
        Assert.Equal(type, taught.Inspect(image).Regions[0].Type!.Closest);
    }

    [Fact]
    public void Updates_and_thresholds_keep_the_names_and_a_merge_leaves_them_out()
    {
        using AnomalyDetector taught = Teach("box", new TeachOptions());
        using AnomalyDetector updated = taught.Update(new ImageList([("more", Pictures.Texture(Side, Side, 77))]));
        Assert.Equal(2, updated.Description.Names!.Types.Count);
        Assert.Equal("dark", updated.Inspect(Defective(1, 901).First().Image).Regions[0].Type!.Closest);
        AnomalyDetector.ChangeThresholds(
            _folder.File("taught.sdad"),
            new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = 3 },
            null,
            _folder.File("fixed.sdad"));
        Assert.NotNull(AnomalyDetector.ReadDescription(_folder.File("fixed.sdad")).Names);
        using AnomalyDetector merged = AnomalyDetector.Merge(taught, updated);
        Assert.Null(merged.Description.Names);
    }

    [Fact]
    public void Views_need_a_good_image_and_take_those_that_are_given()
    {
        using (AnomalyDetector detector = AnomalyDetector.Fit(Pictures.Good(6, Side, Side), CellFits.Options()))
        {
            detector.Save(_path);
        }

        using AnomalyDetector without = Teach("box", new TeachOptions());
        Assert.Equal(0, without.Description.Names!.Views);
        using AnomalyDetector with = Teach("box", new TeachOptions { Good = Pictures.Good(2, Side, Side) });
        Assert.True(with.Description.Names!.Views > 0);
    }

    [Fact]
    public void What_cannot_be_learned_is_refused()
    {
        using AnomalyDetector detector = Open(_path);
        var images = new ImageList([("a.png", Pictures.Texture(Side, Side, 1))]);
        SemiDefectException nothing = Assert.Throws<SemiDefectException>(
            () => detector.LearnNames(images, (_, _) => []));
        Assert.StartsWith("None of the images has a labeled defect", nothing.Message, StringComparison.Ordinal);
        foreach (string name in (string[])["unknown", "", " ", "two\nlines"])
        {
            SemiDefectException refused = Assert.Throws<SemiDefectException>(
                () => detector.LearnNames(images, (_, _) => [new DefectLabel(name)]));
            Assert.Contains("'a.png'", refused.Message, StringComparison.Ordinal);
        }

        Assert.Throws<SemiDefectException>(() => new TeachOptions { UnknownRate = 0 });
        Assert.Throws<SemiDefectException>(() => new TeachOptions { UnknownRate = 0.6 });
    }

    [Fact]
    public void Names_of_another_kind_of_detector_are_refused()
    {
        using AnomalyDetector detector = Open(_path);
        DefectNames names = Learn(detector, "box", new TeachOptions { Views = false });
        string other = _folder.File("other.sdad");
        using (AnomalyDetector fitted = AnomalyDetector.Fit(
            Pictures.Good(4, Side, Side), CellFits.Options() with { Resize = ResizeKind.Squash, Scales = [64, 96] }))
        {
            fitted.Save(other);
        }

        byte[] bytes = File.ReadAllBytes(other);
        Assert.Throws<SemiDefectException>(() => AnomalyDetector.ChangeNames(other, names));
        Assert.Equal(bytes, File.ReadAllBytes(other));
    }

    private int VersionOfNames(string name) =>
        (int)DetectorFileParts.Parse(File.ReadAllBytes(_folder.File(name))).Header["components"]!.AsArray()
            .Single(component => (string)component!["kind"]! == "defect-names")!["version"]!;

    private static AnomalyDetector Open(string path) =>
        AnomalyDetector.Load(path, new LoadOptions { Encoder = new CellEncoder() });

    private static DefectNames Learn(AnomalyDetector detector, string kind, TeachOptions options)
    {
        (Image Image, string Type, int X, int Y)[] defects = [.. Defective(8, 100)];
        return detector.LearnNames(
            new ImageList([.. defects.Select((defect, i) => ($"{i}.png", defect.Image))]),
            (index, _) => [LabelOf(kind, defects[index])],
            options);
    }

    private static DefectLabel LabelOf(string kind, (Image Image, string Type, int X, int Y) defect)
    {
        if (kind == "whole")
        {
            return new DefectLabel(defect.Type);
        }

        if (kind == "box")
        {
            return new DefectLabel(defect.Type)
            {
                Box = new DefectBox(defect.X, defect.Y, defect.X + 18, defect.Y + 18),
            };
        }

        byte[] mask = new byte[Side * Side];
        for (int i = 0; i < mask.Length; i++)
        {
            bool isInside = i % Side >= defect.X && i % Side < defect.X + 18
                && i / Side >= defect.Y && i / Side < defect.Y + 18;
            mask[i] = isInside ? (byte)1 : (byte)0;
        }

        return new DefectLabel(defect.Type) { Mask = mask };
    }

    private static IEnumerable<(Image Image, string Type, int X, int Y)> Defective(int count, ulong seed)
    {
        var generator = new SeededGenerator(seed);
        for (int i = 0; i < count; i++)
        {
            bool isDark = i % 2 == 0;
            (int x, int y) = (10 + generator.NextInt32(60), 10 + generator.NextInt32(60));
            Image image = Pictures.Texture(Side, Side, seed + (ulong)i)
                .With(x, y, 18, 18, (byte)(isDark ? generator.NextInt32(20) : 235 + generator.NextInt32(20)));
            yield return (image, isDark ? "dark" : "light", x, y);
        }
    }

    private AnomalyDetector Teach(string kind, TeachOptions options)
    {
        string target = _folder.File("taught.sdad");
        DefectNames names;
        using (AnomalyDetector detector = Open(_path))
        {
            names = Learn(detector, kind, options);
        }

        AnomalyDetector.ChangeNames(_path, names, target);
        return Open(target);
    }
}
