using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Layouts;

public sealed class LabeledDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void MVTec_layout_gives_training_types_and_masks()
    {
        LabeledDataset dataset = LabeledDataset.Open(SmallDataset.Write(_folder.File("mvtec")));
        Assert.Equal(12, dataset.TrainGood!.Items.Count);
        Assert.Equal(
            ["blot", "blot", "blot", "good", "good", "good", "good", "good", "good"],
            dataset.Test.Select(image => image.Type));
        Assert.All(dataset.Test, image => Assert.Equal(image.IsAbnormal, image.MaskPath is not null));
    }

    [Fact]
    public void With_a_detector_at_hand_nothing_to_learn_from_is_needed()
    {
        string root = SmallDataset.Write(_folder.File("mvtec"));
        Directory.Delete(Path.Combine(root, "train"), recursive: true);
        LabeledDataset dataset = LabeledDataset.Open(root, needsTraining: false);
        Assert.Equal(9, dataset.Test.Count);
        Assert.Null(dataset.TrainGood);
        Assert.Throws<SemiDefectException>(() => LabeledDataset.Open(root));
    }

    [Fact]
    public void Plain_folders_are_divided_by_the_seed_and_no_image_is_on_both_sides()
    {
        string root = Plain();
        LabeledDataset dataset = LabeledDataset.Open(root, seed: 3);
        Assert.Equal(7, dataset.TrainGood!.Items.Count);
        Assert.Equal(
            ["bad/000.png", "good/"],
            dataset.Test.Select(image => image.IsAbnormal ? image.Path : image.Path[..5]).Distinct());
        Assert.Equal(3, dataset.Test.Count(image => !image.IsAbnormal));
        Assert.Empty(
            dataset.TrainGood.Items.Select(item => item.FullPath)
                .Intersect(dataset.Test.Select(image => image.FullPath)));
        Assert.NotNull(dataset.Note);
        Assert.Equal(dataset.Test, LabeledDataset.Open(root, seed: 3).Test);
        Assert.NotEqual(dataset.Test, LabeledDataset.Open(root, seed: 4).Test);
        Assert.Equal(11, LabeledDataset.Open(root, needsTraining: false).Test.Count);
    }

    [Fact]
    public void A_csv_names_paths_labels_and_masks()
    {
        string root = Plain();
        string csv = Path.Combine(root, "list.csv");
        File.WriteAllText(csv, "path,label,mask\r\n"
            + string.Concat(Enumerable.Range(0, 10).Select(i => $"good/{i:D3}.png,{(i % 2 == 0 ? "0" : "Good")},\r\n"))
            + "bad\\000.png,scratch,masks/m.png\r\n\"bad/\"\"x\"\".png\",1,\r\n");
        LabeledDataset dataset = LabeledDataset.Open(csv, needsTraining: false);
        Assert.Equal(10, dataset.Test.Count(image => image.Type == "good" && !image.IsAbnormal));
        LabeledImage scratch = dataset.Test.Single(image => image.Type == "scratch");
        Assert.Equal("bad/000.png", scratch.Path);
        Assert.Equal(Path.Combine(root, "masks", "m.png"), scratch.MaskPath);
        Assert.Equal("bad/\"x\".png", dataset.Test.Single(image => image.Type == "defect").Path);
    }

    [Fact]
    public void A_contests_list_names_its_paths_img_path()
    {
        string list = _folder.File("test.csv");
        File.WriteAllText(list, "id,img_path,label\nTEST_000,./test/0.png,0\nTEST_001,test\\1.png,1\n");
        LabeledDataset dataset = LabeledDataset.Open(list, needsTraining: false);
        Assert.Equal(
            [Path.Combine(_folder.Path, "test", "0.png"), Path.Combine(_folder.Path, "test", "1.png")],
            dataset.Test.Select(image => image.FullPath));
        Assert.Equal([false, true], dataset.Test.Select(image => image.IsAbnormal));

        // Where a file has both, the column path counts.
        File.WriteAllText(list, "img_path,path,label\na.png,b.png,0\n");
        Assert.Equal("b.png", Assert.Single(LabeledDataset.Open(list, needsTraining: false).Test).Path);

        // The contest's list of test images has no labels.
        File.WriteAllText(list, "id,img_path\nTEST_000,./test/0.png\n");
        SemiDefectException error = Assert.Throws<SemiDefectException>(() => LabeledDataset.Open(list));
        Assert.Contains("no column 'label'", error.Message);
    }

    [Theory]
    [InlineData("path,kind\na.png,0\n", "label")]
    [InlineData("path,label\na.png,0\na.png,1\n", "twice")]
    [InlineData("path,label\na.png,0\n./x/../a.png,1\n", "lists 'a.png' twice")]
    [InlineData("path,label,split\na.png,0,holdout\n", "the split 'holdout'")]
    [InlineData("path,label\na.png,1\nb.png,scratch\n", "no good image")]
    [InlineData("path,label,object\na.png,0,x\nb.png,0,x\nc.png,0,y\n", "too few")]
    [InlineData("path,label\n,0\n", "without path")]
    [InlineData("path,label\na.png,\n", "without label")]
    [InlineData("path,label\n", "no image")]
    [InlineData("path,label\na.png,0\nb.png,1\n", "too few")]
    public void A_csv_that_cannot_be_meant_is_refused(string text, string expected)
    {
        string csv = _folder.File("list.csv");
        File.WriteAllText(csv, text);
        Assert.Contains(expected, Assert.Throws<SemiDefectException>(() => LabeledDataset.Open(csv)).Message);
    }

    [Fact]
    public void A_list_of_several_objects_gives_each_and_VisAs_is_found_from_the_folder_above()
    {
        EmptyFiles.Make(_folder, "b/1.png", "split_csv/x");
        string list = _folder.File("split_csv/1cls.csv");
        string Rows(string name) =>
            $"{name},train,normal,{name}/1.png,\n{name},test,normal,{name}/2.png,\n"
                + $"{name},test,anomaly,{name}/3.png,m.png\n";
        File.WriteAllText(list, "object,split,label,image,mask\n" + Rows("b") + Rows("a"));
        IReadOnlyList<LabeledDataset> datasets = LabeledDataset.OpenAll(list);
        Assert.Equal(["a", "b"], datasets.Select(dataset => dataset.Name));
        Assert.Equal(_folder.File("b/3.png"), datasets[1].Test[1].FullPath);
        Assert.Equal(_folder.File("m.png"), datasets[1].Test[1].MaskPath);
        Assert.Contains(
            "2 data sets (a, b)", Assert.Throws<SemiDefectException>(() => LabeledDataset.Open(list)).Message);
        Assert.Contains(
            "lists 2 objects (a, b)", Assert.Throws<SemiDefectException>(() => ImageSelection.ToTrainOn(list)).Message);
    }

    [Theory]
    [InlineData("[]", "neither a list of Real-IAD")]
    [InlineData("{\"test\":[],\"train\":[]}", "no images")]
    [InlineData("{\"images\":[{\"id\":1}],\"annotations\":[]}", "cannot be read")]
    [InlineData("{\"images\":[], \"annotations\":", "cannot be read")]
    [InlineData("{\"test\":[{\"image_path\":\"a.png\"}]}", "no anomaly_class")]
    [InlineData("{\"images\":[{\"id\":1,\"file_name\":\"a\",\"width\":0,\"height\":1}],\"annotations\":"
        + "[{\"image_id\":1,\"category_id\":1,\"bbox\":[0,0,1,1]}]}", "width 0")]
    public void Annotations_that_are_damaged_are_refused(string text, string expected)
    {
        string path = _folder.File("a.json");
        File.WriteAllText(path, text);
        Assert.Contains(expected, Assert.Throws<SemiDefectException>(() => LabeledDataset.Open(path)).Message);
    }

    [Fact]
    public void A_folder_of_several_data_sets_gives_each_in_order()
    {
        SmallDataset.Write(_folder.File("all/b"));
        SmallDataset.Write(_folder.File("all/a"));
        Assert.Equal(["a", "b"], LabeledDataset.OpenAll(_folder.File("all")).Select(dataset => dataset.Name));
        Assert.Single(LabeledDataset.OpenAll(_folder.File("all/a")));
        Assert.Throws<SemiDefectException>(() => LabeledDataset.OpenAll(_folder.File("nowhere")));
    }

    private string Plain()
    {
        string root = _folder.File("plain");
        SyntheticParts.WriteGood(Path.Combine(root, "good"), 10);
        SyntheticParts.WriteBad(Path.Combine(root, "bad/000.png"));
        return root;
    }
}
