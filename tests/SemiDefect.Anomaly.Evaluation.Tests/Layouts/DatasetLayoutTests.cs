using SemiDefect.Anomaly.Evaluation.Checks;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Layouts;

/// <summary>Each layout of docs/datasets.md, on a generated sample, by what check, fit and evaluate call.</summary>
public sealed class DatasetLayoutTests : IDisposable
{
    private static readonly FitOptions Small =
        new() { ResizeSize = 64, Coreset = new(fraction: 0.2), Folds = 2, Threads = 1 };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => new(LayoutSamples.All.Keys);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_check_a_fit_and_an_evaluation_understand_it_alike(string name)
    {
        (Func<LayoutSamples, string> write, bool hasSplit, int masks) = LayoutSamples.All[name];
        string path = write(new LayoutSamples(_folder.File("set")));
        int good = LayoutSamples.Training + LayoutSamples.Tested;

        LabeledDataset dataset = LabeledDataset.Open(path);
        Assert.Equal(LayoutSamples.Training, dataset.TrainGood!.Count);
        Assert.Equal(LayoutSamples.Tested, dataset.Test.Count(image => !image.IsAbnormal));
        LabeledImage[] abnormal = [.. dataset.Test.Where(image => image.IsAbnormal)];
        Assert.Equal(LayoutSamples.Tested, abnormal.Length);
        Assert.Equal(masks, abnormal.Count(image => image.Mask is not null));
        Assert.All(abnormal, image => Assert.NotEqual(LabeledDataset.Good, image.Type));
        Assert.All(dataset.Test, image => Assert.True(File.Exists(image.FullPath), image.FullPath));
        Assert.All(
            dataset.TrainGood.Items,
            item => Assert.Equal(
                Path.GetFullPath(Path.Combine(dataset.TrainingFolder!, item.RelativePath)), item.FullPath));
        Assert.Equal(
            hasSplit ? 2 * LayoutSamples.Tested : good + LayoutSamples.Tested,
            LabeledDataset.Open(path, needsTraining: false).Test.Count);

        ImageSelection selection = ImageSelection.ToTrainOn(path);
        Assert.Equal(hasSplit ? LayoutSamples.Training : good, selection.Images.Count);
        Assert.NotNull(selection.Summary);
        Assert.Empty(
            selection.Images.Items.Select(item => item.FullPath)
                .Intersect(abnormal.Select(image => image.FullPath)));
        Assert.Empty(
            selection.Images.Items.Select(item => item.FullPath)
                .Intersect(abnormal.SelectMany(image => image.Mask?.Paths ?? [])));
        Assert.Equal(hasSplit ? LayoutSamples.Tested : good, ImageSelection.HeldOut(path).Images.Count);

        CheckReport report = DatasetChecker.Check(path);
        Assert.Equal(hasSplit ? LayoutSamples.Training : 0, report.Training);
        Assert.Equal(hasSplit ? LayoutSamples.Tested : good, report.Tested[LabeledDataset.Good]);
        Assert.Equal(2, report.Tested.Count);
        Assert.DoesNotContain(
            report.Findings,
            finding => finding.Code is "unreadable" or "unreadable_mask" or "unused_mask" or "empty_mask");
        Assert.Equal(dataset.Summary, report.Summary);
        Assert.StartsWith(dataset.Summary, selection.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Speed", "Slow")]
    public void A_detector_is_fitted_and_evaluated_on_it(string name)
    {
        (Func<LayoutSamples, string> write, _, int masks) = LayoutSamples.All[name];
        LabeledDataset dataset = LabeledDataset.Open(write(new LayoutSamples(_folder.File("set"))));
        using AnomalyDetector detector = AnomalyDetector.Fit(dataset.TrainGood!, Small);
        EvaluationResult result = DatasetEvaluator.Evaluate(
            detector, dataset, new EvaluationOptions { Resamples = 10 });
        Assert.Equal(2 * LayoutSamples.Tested, result.Images.Count);
        Assert.Empty(result.Unreadable);
        Assert.Equal(1, result.Ranking.Auroc);
        Assert.Equal(masks > 0, result.Pixel is not null);
        if (masks > 0)
        {
            Assert.InRange(result.Pixel!.Overall.Auroc!.Value, 0.9, 1);
        }
    }

    [Fact]
    public void Each_is_in_the_table_of_the_documentation()
    {
        string table = File.ReadAllText(Path.Combine(Repository.Root, "docs", "datasets.md"));
        Assert.All(LayoutSamples.All.Keys, name => Assert.Contains($"| {name} |", table, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("MVTec AD", "MVTec AD layout: 6 good images to train on, 3 good and 3 abnormal to evaluate, 3 masks")]
    [InlineData(
        "MVTec AD 2",
        "MVTec AD 2 layout: 6 good images to train on, 3 good and 3 abnormal to evaluate, 3 masks; left out: 2 images "
            + "of no part or without a label")]
    [InlineData(
        "OK and NG",
        "good and bad folders layout: 9 good and 3 abnormal images, not divided into training and test, 0 masks")]
    [InlineData(
        "YOLO",
        "YOLO layout: 6 good images to train on, 3 good and 3 abnormal to evaluate, 3 masks; boxes stand for masks")]
    public void What_was_understood_is_one_sentence(string name, string expected) =>
        Assert.Equal(
            expected,
            LabeledDataset.Open(LayoutSamples.All[name].Write(new LayoutSamples(_folder.File("set")))).Summary);
}
