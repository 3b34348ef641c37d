using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Layouts;

public sealed class MvtecDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_test_types_and_masks_are_found()
    {
        EmptyFiles.Make(
            _folder,
            "train/good/2.png",
            "train/good/1.png",
            "test/good/7.png",
            "test/scratch/b.jpg",
            "test/scratch/a.png",
            "test/긁힘 2/사진 1.bmp",
            "test/bent/no mask.png",
            "ground_truth/scratch/a_mask.png",
            "ground_truth/scratch/b_mask.tif",
            "ground_truth/긁힘 2/사진 1_mask.png",
            "ground_truth/good/7_mask.png");
        MvtecDataset dataset = MvtecDataset.Open(_folder.Path);
        Assert.Equal(["1.png", "2.png"], dataset.TrainGood.Items.Select(item => item.RelativePath));
        Assert.Equal(
            [
                ("test/bent/no mask.png", "bent", true, null),
                ("test/good/7.png", "good", false, null),
                ("test/scratch/a.png", "scratch", true, "ground_truth/scratch/a_mask.png"),
                ("test/scratch/b.jpg", "scratch", true, "ground_truth/scratch/b_mask.tif"),
                ("test/긁힘 2/사진 1.bmp", "긁힘 2", true, "ground_truth/긁힘 2/사진 1_mask.png"),
            ],
            dataset.Test.Select(item => (item.RelativePath, item.Type, item.IsDefect, Relative(item.MaskPath))));
        Assert.All(dataset.Test, item => Assert.True(File.Exists(item.FullPath)));
    }

    [Fact]
    public void Masks_are_matched_exactly_before_case_is_ignored_and_without_suffix_last()
    {
        EmptyFiles.Make(
            _folder,
            "Train/GOOD/1.png",
            "test/Good/1.png",
            "test/Dot/IMG_1.PNG",
            "test/Dot/img_2.png",
            "test/Dot/3.png",
            "test/Dot/sub/4.png",
            "ground_truth/dot/img_1_MASK.png",
            "ground_truth/dot/img_2_mask.png",
            "ground_truth/dot/3.png",
            "ground_truth/dot/sub/4_mask.png");
        MvtecDataset dataset = MvtecDataset.Open(_folder.Path);
        Assert.Equal(
            [
                ("test/Dot/3.png", "3.png"),
                ("test/Dot/IMG_1.PNG", "img_1_MASK.png"),
                ("test/Dot/img_2.png", "img_2_mask.png"),
                ("test/Dot/sub/4.png", "4_mask.png"),
                ("test/Good/1.png", null),
            ],
            dataset.Test.Select(item => (item.RelativePath, Path.GetFileName(item.MaskPath))));
        Assert.Single(dataset.Test, item => !item.IsDefect);
    }

    [Fact]
    public void A_folder_in_another_layout_is_refused_with_what_was_looked_for()
    {
        Assert.Contains("does not exist", Refusal(_folder.File("missing")), StringComparison.Ordinal);
        EmptyFiles.Make(_folder, "a/x.png", "b/train/good/1.png", "b/train/good/2.png");
        Assert.Contains("train/good is missing", Refusal(_folder.File("a")), StringComparison.Ordinal);
        Assert.Contains(_folder.File("b"), Refusal(_folder.Path), StringComparison.Ordinal);
        Assert.Contains("test is missing", Refusal(_folder.File("b")), StringComparison.Ordinal);
        EmptyFiles.Make(_folder, "b/test/loose.png");
        Assert.Contains("loose.png", Refusal(_folder.File("b")), StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_folders_of_images_are_refused_and_empty_folders_of_masks_are_not()
    {
        EmptyFiles.Make(_folder, "test/dot/1.png", "train/good/readme.txt", "ground_truth/dot/Thumbs.db");
        Assert.Contains("No image", Refusal(_folder.Path), StringComparison.Ordinal);
        EmptyFiles.Make(_folder, "train/good/1.png");
        Assert.Null(Assert.Single(MvtecDataset.Open(_folder.Path).Test).MaskPath);
    }

    [SharedFact]
    public void The_magnetic_tiles_are_read_as_they_are_described()
    {
        MvtecDataset dataset = MvtecDataset.Open(Repository.SharedPath("data/magnetic-tile"));
        Assert.Equal(714, dataset.TrainGood.Items.Count);
        Assert.Equal(238, dataset.Test.Count(item => !item.IsDefect));
        Assert.Equal(392, dataset.Test.Count(item => item.IsDefect));
        Assert.Equal(5, dataset.Test.Where(item => item.IsDefect).Select(item => item.Type).Distinct().Count());
        Assert.All(dataset.Test, item => Assert.Equal(item.IsDefect, item.MaskPath is not null));
        Assert.All(
            dataset.Test.Where(item => item.IsDefect),
            item =>
                Assert.Equal(
                    $"{Path.GetFileNameWithoutExtension(item.FullPath)}_mask.png", Path.GetFileName(item.MaskPath)));
    }

    private static string Refusal(string folder) =>
        Assert.Throws<SemiDefectException>(() => MvtecDataset.Open(folder)).Message;

    private string? Relative(string? path) =>
        path is null ? null : Path.GetRelativePath(_folder.Path, path).Replace('\\', '/');
}
