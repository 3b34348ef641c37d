using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Naming;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Layouts;

public sealed class LabeledDefectsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folders_named_after_types_need_no_good_images()
    {
        Put("scratch/a.png");
        Put("scratch/b.png");
        Put("dot/c.png");
        PutMask("ground_truth/dot/c_mask.png");
        LabeledDefects defects = Open();
        Assert.Equal("folders of types layout: 3 images with defects, 1 mask, 0 boxes", defects.Summary);
        Assert.Equal(["dot/c.png", "scratch/a.png", "scratch/b.png"], defects.Images.Select(image => image.Path));
        DefectLabel dot = Assert.Single(Labels(defects, 0));
        Assert.Equal("dot", dot.Type);
        Assert.Equal(96 * 64, dot.Mask.Length);
        DefectLabel scratch = Assert.Single(Labels(defects, 1));
        Assert.Equal("scratch", scratch.Type);
        Assert.True(scratch.Mask.IsEmpty);
        Assert.Null(scratch.Box);
    }

    [Fact]
    public void Names_that_only_mean_defective_are_refused()
    {
        Put("good/a.png");
        Put("NG/b.png");
        Assert.Contains(
            "says nothing of their kind", Assert.Throws<SemiDefectException>(Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data.yaml", "names: [scratch, dot]\n")]
    [InlineData("obj.names", "scratch\ndot\n")]
    [InlineData("classes.txt", "scratch\ndot\n")]
    public void Boxes_of_yolo_keep_their_types(string file, string names)
    {
        Put("images/train/a.png");
        Put("images/val/b.png");
        Write("labels/train/a.txt", "0 .5 .5 .5 .25\n1 .125 .25 .25 .5\n");
        Write("labels/val/b.txt", "1 .5 .5 .2 .2\n");
        Write(file, names);
        LabeledDefects defects = Open();
        Assert.Equal("images/train/a.png", Assert.Single(defects.Images).Path);
        Assert.Equal(
            [("scratch", new DefectBox(24, 24, 72, 40)), ("dot", new DefectBox(0, 0, 24, 32))],
            Labels(defects, 0).Select(label => (label.Type, label.Box!.Value)));
    }

    [Fact]
    public void Text_files_beside_the_images_are_read_where_classes_have_names()
    {
        Put("obj_train_data/a.png");
        Put("obj_train_data/b.png");
        Write("obj_train_data/a.txt", "1 .5 .5 .5 .5\n");
        Write("obj_train_data/b.txt", string.Empty);
        Write("obj.names", "scratch\ndot\n");
        Assert.Equal("dot", Assert.Single(Labels(Open(), 0)).Type);
    }

    [Fact]
    public void Boxes_of_coco_keep_their_types()
    {
        Put("train/a.png");
        Write(
            "annotations/instances_train.json",
            """
            {"images":[{"id":1,"file_name":"a.png","width":96,"height":64}],
            "annotations":[{"id":1,"image_id":1,"category_id":7,"bbox":[10,20,30,16]},
            {"id":2,"image_id":1,"category_id":3,"bbox":[0,0,96,64]}],
            "categories":[{"id":3,"name":"dot"},{"id":7,"name":"scratch"}]}
            """);
        Put("val/b.png");
        Write(
            "annotations/instances_val.json",
            """
            {"images":[{"id":1,"file_name":"b.png","width":96,"height":64}],"annotations":[],"categories":[]}
            """);
        IReadOnlyList<DefectLabel> labels = Labels(Open(), 0);
        Assert.Equal(["scratch", "dot"], labels.Select(label => label.Type));
        Assert.Equal(10, labels[0].Box!.Value.Left, 9);
        Assert.Equal(36, labels[0].Box!.Value.Bottom, 9);
    }

    [Fact]
    public void What_has_no_defects_is_refused()
    {
        Assert.Contains(
            "does not exist", Assert.Throws<SemiDefectException>(Open).Message, StringComparison.Ordinal);
        Put("a.png");
        Assert.Contains(
            "no labeled defects", Assert.Throws<SemiDefectException>(Open).Message, StringComparison.Ordinal);
    }

    private LabeledDefects Open() => LabeledDefects.Open(_folder.File("set"));

    private static IReadOnlyList<DefectLabel> Labels(LabeledDefects defects, int index) =>
        defects.LabelsOf(index, new Image(96, 64, new byte[3 * 96 * 64]), new ImageLimits());

    private void Put(string path)
    {
        string full = Path.Combine(_folder.File("set"), path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        SyntheticParts.WriteBad(full, 96, 64);
    }

    private void PutMask(string path)
    {
        string full = Path.Combine(_folder.File("set"), path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        SmallDataset.WriteMask(full, 96, 64);
    }

    private void Write(string path, string text)
    {
        string full = Path.Combine(_folder.File("set"), path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
