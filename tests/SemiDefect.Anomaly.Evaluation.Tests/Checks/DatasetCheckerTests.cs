using SemiDefect.Anomaly.Evaluation.Checks;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.TestSupport;
using SkiaSharp;

namespace SemiDefect.Anomaly.Evaluation.Tests.Checks;

public sealed class DatasetCheckerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _root;

    public DatasetCheckerTests() => _root = SmallDataset.Write(_folder.File("set"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sound_set_has_no_problem_but_is_told_what_it_is()
    {
        CheckReport report = DatasetChecker.Check(_root);
        Assert.Equal(12, report.Training);
        Assert.Equal([("blot", 3), ("good", 6)], report.Tested.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(
            ["few_good_images", "mixed_sizes", "rare_type"],
            report.Findings.Select(finding => finding.Code).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Copies_are_told_apart_by_where_they_lie()
    {
        File.Copy(File_("train/good/000.png"), File_("train/good/copy.png"));
        File.Copy(File_("train/good/001.png"), File_("test/good/leak.png"));
        File.Copy(File_("test/good/015.png"), File_("test/blot/conflict.png"));
        CheckReport report = DatasetChecker.Check(_root);
        Assert.Equal(
            ["train/good/000.png", "train/good/copy.png"], Finding(report, "duplicate", CheckSeverity.Info).Paths);
        Assert.Equal(
            ["train/good/001.png", "test/good/leak.png"], Finding(report, "leak", CheckSeverity.Warning).Paths);
        Assert.Equal(
            ["test/blot/conflict.png", "test/good/015.png"], Finding(report, "conflict", CheckSeverity.Error).Paths);
    }

    [Fact]
    public void A_picture_packed_again_resized_and_brightened_is_a_near_copy_and_different_good_parts_are_not()
    {
        // Parts that differ as much as parts do: a gradient each its own way.
        string good = File_("train/good");
        Directory.Delete(good, recursive: true);
        for (int i = 0; i < 12; i++)
        {
            WriteGradient(Path.Combine(good, $"{i:D3}.png"), i, 120, 80, 0);
        }

        WriteGradient(File_("test/good/near.png"), 5, 132, 88, 10);
        Reencode(Path.Combine(good, "007.png"), File_("test/good/again.jpg"));
        CheckReport report = DatasetChecker.Check(_root);
        Assert.Equal(
            ["train/good/005.png test/good/near.png", "train/good/007.png test/good/again.jpg"],
            report.Findings.Where(finding => finding.Code == "near_leak")
                .Select(finding => string.Join(' ', finding.Paths)));
        Assert.DoesNotContain(
            report.Findings,
            finding =>
                finding.Code == "near_duplicate" && finding.Paths[0].StartsWith("train/", StringComparison.Ordinal));
    }

    [Fact]
    public void Damage_strangers_and_wrong_names_are_listed()
    {
        File.WriteAllText(File_("test/good/broken.png"), "not a picture");
        File.WriteAllText(File_("test/notes.txt"), "x");
        File.WriteAllText(File_("test/Thumbs.db"), "x");
        Reencode(File_("test/good/013.png"), File_("test/good/lies.png"));
        CheckReport report = DatasetChecker.Check(_root);
        Assert.Equal(["test/good/broken.png"], Finding(report, "unreadable", CheckSeverity.Error).Paths);
        Assert.Equal(["test/notes.txt"], Finding(report, "not_an_image", CheckSeverity.Info).Paths);
        Assert.Equal(["test/Thumbs.db"], Finding(report, "passed_over", CheckSeverity.Info).Paths);
        Assert.Equal(["test/good/lies.png"], Finding(report, "wrong_extension", CheckSeverity.Info).Paths);
        Assert.Equal("unreadable", report.Findings[0].Code);
    }

    [Fact]
    public void Masks_that_are_missing_empty_unused_or_of_another_size_are_listed()
    {
        File.Delete(File_("ground_truth/blot/000_mask.png"));
        AtomicFile.Write(
            File_("ground_truth/blot/001_mask.png"), stream => PngWriter.Write(stream, 96, 63, 1, new byte[96 * 63]));
        SmallDataset.WriteMask(File_("ground_truth/blot/002_mask.png"), 96, 90);
        SmallDataset.WriteMask(File_("ground_truth/blot/009_mask.png"), 96, 64);
        CheckReport report = DatasetChecker.Check(_root);
        Assert.Equal(["test/blot/000.png"], Finding(report, "missing_mask", CheckSeverity.Warning).Paths);
        Assert.Equal(["test/blot/001.png"], Finding(report, "empty_mask", CheckSeverity.Warning).Paths);
        Assert.Equal(["test/blot/002.png"], Finding(report, "mask_size", CheckSeverity.Warning).Paths);
        Assert.Equal(["ground_truth/blot/009_mask.png"], Finding(report, "unused_mask", CheckSeverity.Warning).Paths);
    }

    [Fact]
    public void A_mask_that_marks_all_or_the_good_is_questioned()
    {
        byte[] all = new byte[96 * 64];
        Array.Fill(all, (byte)255);
        AtomicFile.Write(
            File_("ground_truth/blot/000_mask.png"), stream => PngWriter.Write(stream, 96, 64, 1, all));
        all.AsSpan(30 * 96 + 40, 20).Clear();
        AtomicFile.Write(
            File_("ground_truth/blot/001_mask.png"), stream => PngWriter.Write(stream, 96, 64, 1, all));
        CheckReport report = DatasetChecker.Check(_root);
        Assert.Equal(
            ["test/blot/000.png", "test/blot/001.png"],
            report.Findings.Where(finding => finding.Code == "inverted_mask").SelectMany(finding => finding.Paths));

        // A defect may cover most of an image, and leave its frame.
        byte[] large = new byte[96 * 64];
        for (int y = 2; y < 62; y++)
        {
            large.AsSpan(y * 96 + 2, 92).Fill(255);
        }

        Assert.False(MaskFile.LooksInverted(large, 96, 64));
    }

    [Fact]
    public void Grey_among_color_and_16_bit_among_8_bit_is_told()
    {
        byte[] grey = [.. Enumerable.Range(0, 96 * 64).Select(i => (byte)(i % 251))];
        AtomicFile.Write(File_("train/good/grey.png"), stream => PngWriter.Write(stream, 96, 64, 1, grey));
        CheckReport report = DatasetChecker.Check(_root);
        Assert.Equal(["train/good/grey.png"], Finding(report, "mixed_colors", CheckSeverity.Warning).Paths);
        Assert.Equal(16, DepthOf([.. TestPng.Signature, .. TestPng.Header(1, 1, 16, 2)]));
        Assert.Equal(8, DepthOf([.. TestPng.Signature, .. TestPng.Header(1, 1, 4, 3)]));
        byte[] tiff =
        [
            (byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 1, 0, 2, 1, 3, 0, 3, 0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0, 16, 0, 16,
            0, 16, 0
        ];
        Assert.Equal(16, DepthOf(tiff));

        static int DepthOf(byte[] content) => ImageFile.Describe(content, "file").BitDepth;
    }

    [Fact]
    public void A_defect_among_the_good_images_is_suspicious()
    {
        SyntheticParts.WriteBad(File_("train/good/contaminated.png"));
        var fit = FitPresets.Create(FitPresets.Fast) with { ResizeSize = 96, Coreset = new(fraction: 0.2), Folds = 4 };
        CheckFinding finding = Finding(DatasetChecker.Check(_root, fit), "suspicious_good", CheckSeverity.Warning);
        Assert.Equal(["train/good/contaminated.png"], finding.Paths);
    }

    [Fact]
    public void A_plain_folder_of_good_images_can_be_checked()
    {
        CheckReport report = DatasetChecker.Check(File_("train/good"));
        Assert.Equal(12, report.Training);
        Assert.Empty(report.Tested);
    }

    private static CheckFinding Finding(CheckReport report, string code, CheckSeverity severity)
    {
        CheckFinding finding = Assert.Single(report.Findings, finding => finding.Code == code);
        Assert.Equal(severity, finding.Severity);
        return finding;
    }

    private string File_(string relativePath) => Path.Combine(_root, relativePath);

    private static void Reencode(string from, string to)
    {
        using SKBitmap bitmap = SKBitmap.Decode(from);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 85);
        File.WriteAllBytes(to, data.ToArray());
    }

    private static void WriteGradient(string path, int direction, int width, int height, int brighter)
    {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++)
        {
            double x = (double)(i % width) / width - 0.5;
            double y = (double)(i / width) / height - 0.5;
            double value = 120 + brighter + 90 * (x * Math.Cos(direction) + y * Math.Sin(direction));
            rgb.AsSpan(3 * i, 3).Fill((byte)value);
        }

        AtomicFile.Write(path, stream => PngWriter.Write(stream, width, height, 3, rgb));
    }
}
