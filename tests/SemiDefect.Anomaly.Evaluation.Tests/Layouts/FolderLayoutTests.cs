using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Layouts;

/// <summary>What the names of folders and files say; the files are empty.</summary>
public sealed class FolderLayoutTests : IDisposable
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
        LabeledDataset dataset = LabeledDataset.Open(_folder.Path);
        Assert.Equal(["1.png", "2.png"], dataset.TrainGood!.Items.Select(item => item.RelativePath));
        Assert.Equal(
            [
                ("test/bent/no mask.png", "bent", true, null),
                ("test/good/7.png", "good", false, null),
                ("test/scratch/a.png", "scratch", true, "ground_truth/scratch/a_mask.png"),
                ("test/scratch/b.jpg", "scratch", true, "ground_truth/scratch/b_mask.tif"),
                ("test/긁힘 2/사진 1.bmp", "긁힘 2", true, "ground_truth/긁힘 2/사진 1_mask.png"),
            ],
            dataset.Test.Select(image => (image.Path, image.Type, image.IsAbnormal, Relative(image.MaskPath))));
        Assert.All(dataset.Test, image => Assert.True(File.Exists(image.FullPath)));
    }

    [Fact]
    public void Masks_are_matched_exactly_before_case_is_ignored_and_without_ending_last()
    {
        EmptyFiles.Make(
            _folder,
            "Train/GOOD/1.png",
            "test/Good/1.png",
            "test/Dot/IMG_1.PNG",
            "test/Dot/img_2.png",
            "test/Dot/3.png",
            "test/Dot/4.png",
            "test/Dot/sub/4.png",
            "ground_truth/dot/img_1_MASK.png",
            "ground_truth/dot/img_2_mask.png",
            "ground_truth/dot/3.png",
            "ground_truth/dot/4.png",
            "ground_truth/dot/4-gt.png",
            "ground_truth/dot/sub/4_mask.png");
        LabeledDataset dataset = LabeledDataset.Open(_folder.Path);
        Assert.Equal(
            [
                ("test/Dot/3.png", "3.png"),
                ("test/Dot/4.png", "4-gt.png"),
                ("test/Dot/IMG_1.PNG", "img_1_MASK.png"),
                ("test/Dot/img_2.png", "img_2_mask.png"),
                ("test/Dot/sub/4.png", "4_mask.png"),
                ("test/Good/1.png", null),
            ],
            dataset.Test.Select(image => (image.Path, Path.GetFileName(image.MaskPath))));
        Assert.Single(dataset.Test, image => !image.IsAbnormal);
    }

    [Theory]
    [InlineData("masks/1.png")]
    [InlineData("mask/crack/1.png")]
    [InlineData("gt/crack/1-mask.png")]
    [InlineData("ground-truth/crack/1_gt.png")]
    [InlineData("Ground Truth/Crack/1.bmp")]
    [InlineData("label/crack/1.png")]
    [InlineData("annotations/crack/1.png")]
    [InlineData("crack_mask/1.png")]
    [InlineData("crack/masks/1.png")]
    [InlineData("crack/1_mask.png")]
    [InlineData("crack/1-GT.png")]
    [InlineData("crack/1_label.png")]
    [InlineData("ground_truth/crack/1/000.png")]
    public void A_mask_is_no_image_wherever_it_lies(string mask)
    {
        EmptyFiles.Make(_folder, "good/1.png", "good/2.png", "good/3.png", "crack/1.png", "crack/2.png", mask);
        LabeledDataset dataset = LabeledDataset.Open(_folder.Path, needsTraining: false);
        Assert.Equal(
            [
                ("crack/1.png", mask), ("crack/2.png", null), ("good/1.png", null), ("good/2.png", null),
                ("good/3.png", null)
            ],
            dataset.Test.Select(image => (image.Path, Relative(image.MaskPath))));
        Assert.EndsWith(", 1 mask", dataset.Summary, StringComparison.Ordinal);
        Assert.Equal(3, ImageSelection.ToTrainOn(_folder.Path).Images.Count);
    }

    [Fact]
    public void A_wrong_label_is_a_type_of_defect_and_a_folder_called_label_is_questioned()
    {
        EmptyFiles.Make(_folder, "good/1.png", "good/2.png", "wrong_label/7.png");
        Assert.Equal(
            ["good", "wrong_label"],
            LabeledDataset.Open(_folder.Path, needsTraining: false).Test.Select(image => image.Type)
                .Distinct()
                .Order(StringComparer.Ordinal));
        EmptyFiles.Make(_folder, "label/9.png");
        Assert.Contains("'label' may hold masks or images", Refusal(_folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Abnormal_training_images_and_what_lies_beside_are_left_out_and_said()
    {
        EmptyFiles.Make(
            _folder,
            "train/OK/1.png",
            "train/OK/2.png",
            "train/NG/3.png",
            "test/OK/1.png",
            "test/NG/1.png",
            "overview.png",
            "@eaDir/1.png",
            "train/OK/Thumbs.db",
            ".git/x.png");
        ImageSelection selection = ImageSelection.ToTrainOn(_folder.Path);
        Assert.Equal(["1.png", "2.png"], selection.Images.Items.Select(item => item.RelativePath));
        Assert.Equal(
            "MVTec AD layout: 2 good images to train on, 1 good and 1 abnormal to evaluate, 0 masks; left out: 1 "
                + "abnormal image outside of the test part, 1 image beside train and test; passed over: 3 hidden or "
                + "system items (.git, @eaDir, Thumbs.db)",
            selection.Summary);
    }

    [Fact]
    public void Validation_is_trained_on_beside_a_test_part_and_evaluated_without_one()
    {
        EmptyFiles.Make(_folder, "train/good/1.png", "valid/good/2.png", "valid/bad/3.png");
        Assert.Equal(2, LabeledDataset.Open(_folder.Path).Test.Count);
        EmptyFiles.Make(_folder, "test/good/4.png", "test/bad/5.png");
        LabeledDataset dataset = LabeledDataset.Open(_folder.Path);
        Assert.Equal(
            ["train/good/1.png", "valid/good/2.png"], dataset.TrainGood!.Items.Select(item => item.RelativePath));
        Assert.Equal(_folder.Path, dataset.TrainingFolder);
        Assert.Equal(["test/bad/5.png", "test/good/4.png"], dataset.Test.Select(image => image.Path));
    }

    [Fact]
    public void A_folder_in_another_layout_is_refused_with_the_layouts_understood()
    {
        Assert.Contains("does not exist", Refusal(_folder.File("missing")), StringComparison.Ordinal);
        EmptyFiles.Make(_folder, "a/x.png", "b/train/good/1.png", "b/train/good/2.png");
        Assert.Contains("in no layout that is understood. Understood are MVTec AD", Refusal(_folder.File("a")));
        Assert.Contains("no images to evaluate", Refusal(_folder.File("b")), StringComparison.Ordinal);
        EmptyFiles.Make(_folder, "b/test/loose.png");
        Assert.Contains("loose.png", Refusal(_folder.File("b")), StringComparison.Ordinal);
        EmptyFiles.Make(_folder, "g/train/TRAIN_0.png", "g/test/TEST_0.png", "g/sample_submission.csv", "g/train.csv");
        Assert.Contains("give a list with labels, such as 'train.csv'", Refusal(_folder.File("g")));
        EmptyFiles.Make(_folder, "c/test/good/1.png", "c/train/lot 1/1.png");
        Assert.Contains("(found lot 1)", Refusal(_folder.File("c")), StringComparison.Ordinal);
        EmptyFiles.Make(_folder, "d/test/dot/1.png");
        Assert.Contains("no good images to train on", Refusal(_folder.File("d")), StringComparison.Ordinal);
        Assert.Contains(
            "no good image",
            Assert.Throws<SemiDefectException>(
                () => LabeledDataset.Open(_folder.File("d"), needsTraining: false)).Message);
        EmptyFiles.Make(_folder, "e/NG/1.png", "e/lot/2.png");
        Assert.Contains("a folder 'NG' and none whose name means good", Refusal(_folder.File("e")));
        EmptyFiles.Make(_folder, "f/0/1.png", "f/1/2.png");
        Assert.Contains("folders 0 and 1", Refusal(_folder.File("f")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_trained_on_is_never_unclear()
    {
        EmptyFiles.Make(_folder, "plain/lot 1/1.png", "plain/lot 2/1.png", "plain/train/1.png");
        ImageSelection plain = ImageSelection.ToTrainOn(_folder.File("plain"));
        Assert.Equal(
            ["lot 1/1.png", "lot 2/1.png", "train/1.png"], plain.Images.Items.Select(item => item.RelativePath));
        Assert.Null(plain.Summary);

        EmptyFiles.Make(_folder, "products/a/ok/1.png", "products/b/ok/1.png");
        Assert.Equal(2, ImageSelection.ToTrainOn(_folder.File("products")).Images.Count);

        EmptyFiles.Make(_folder, "masked/1.png", "masked/2.png", "masked/masks/1.png", "masked/#recycle/0.png");
        ImageSelection masked = ImageSelection.ToTrainOn(_folder.File("masked"));
        Assert.Equal(2, masked.Images.Count);
        Assert.Equal(
            "2 images, without 1 mask; passed over: 1 hidden or system item (#recycle)", masked.Summary);

        EmptyFiles.Make(_folder, "deep/a/b/NG/1.png", "deep/a/b/2.png");
        Assert.Contains("'a/b/NG'", TrainingRefusal("deep"), StringComparison.Ordinal);
        EmptyFiles.Make(_folder, "odd/1.png", "odd/annotations/9.png");
        Assert.Contains("called after masks", TrainingRefusal("odd"), StringComparison.Ordinal);
        EmptyFiles.Make(_folder, "sets/a/good/1.png", "sets/a/bad/1.png", "sets/b/OK/1.png", "sets/b/NG/1.png");
        Assert.Contains("holds 2 data sets (a, b): give one of them", TrainingRefusal("sets"));
    }

    [Fact]
    public void To_inspect_all_but_masks_is_taken_and_a_list_needs_no_labels()
    {
        EmptyFiles.Make(
            _folder,
            "set/train/good/1.png",
            "set/test/bad/2.png",
            "set/ground_truth/bad/2_mask.png",
            "new/labels/3.png");
        Assert.Equal(
            ["test/bad/2.png", "train/good/1.png"],
            ImageSelection.ToInspect(_folder.File("set")).Images.Items.Select(item => item.RelativePath));
        Assert.Single(ImageSelection.ToInspect(_folder.File("new")).Images.Items);
        File.WriteAllText(
            _folder.File("test.csv"), "id,img_path\nA,./new/labels/3.png\nB,new/labels/3.png\nC,set/test/bad/2.png\n");
        Assert.Equal(
            ["new/labels/3.png", "set/test/bad/2.png"],
            ImageSelection.ToInspect(_folder.File("test.csv")).Images.Items.Select(item => item.RelativePath));
    }

    [Fact]
    public void A_folder_that_a_link_shows_twice_is_in_both_places()
    {
        EmptyFiles.Make(_folder, "train/good/1.png", "train/good/2.png", "test/bad/1.png", "validation/good/3.png");
        Directory.CreateSymbolicLink(_folder.File("test/good"), _folder.File("validation/good"));
        Assert.Equal(
            ["test/bad/1.png", "test/good/3.png"], LabeledDataset.Open(_folder.Path).Test.Select(image => image.Path));
    }

    [SharedFact]
    public void The_magnetic_tiles_are_read_as_they_are_described()
    {
        LabeledDataset dataset = LabeledDataset.Open(Repository.SharedPath("data/magnetic-tile"));
        Assert.Equal(714, dataset.TrainGood!.Count);
        Assert.Equal(238, dataset.Test.Count(image => !image.IsAbnormal));
        LabeledImage[] abnormal = [.. dataset.Test.Where(image => image.IsAbnormal)];
        Assert.Equal(392, abnormal.Length);
        Assert.Equal(5, abnormal.Select(image => image.Type).Distinct().Count());
        Assert.All(
            abnormal,
            image => Assert.Equal(
                $"{Path.GetFileNameWithoutExtension(image.FullPath)}_mask.png", Path.GetFileName(image.MaskPath)));
    }

    private static string Refusal(string folder) =>
        Assert.Throws<SemiDefectException>(() => LabeledDataset.Open(folder)).Message;

    private string TrainingRefusal(string folder) =>
        Assert.Throws<SemiDefectException>(() => ImageSelection.ToTrainOn(_folder.File(folder))).Message;

    private string? Relative(string? path) =>
        path is null ? null : Path.GetRelativePath(_folder.Path, path).Replace('\\', '/');
}
