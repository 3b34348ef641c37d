using System.Text.Json;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Metrics;
using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Metrics;

public sealed class DatasetEvaluatorTests : IDisposable
{
    private static readonly FitOptions Small =
        FitPresets.Create(FitPresets.Fast) with { ResizeSize = 96, Coreset = new(fraction: 0.2), Folds = 4 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Everything_is_found_on_an_easy_set()
    {
        EvaluationResult result = Evaluate(SmallDataset.Write(_folder.File("set")));
        Assert.Equal(new Confusion(3, 0, 6, 0), result.AtThreshold);
        Assert.Equal(1, result.Ranking.Auroc);
        Assert.InRange(result.Pixel!.Overall.Auroc!.Value, 0.95, 1);
        Assert.Equal(3, result.Pixel.Overall.Regions);
        Assert.Equal(3L * SyntheticParts.BlotSide * SyntheticParts.BlotSide, result.Pixel.Overall.DefectPixels);
        TypeResult blot = Assert.Single(result.PerType);
        Assert.Equal(("blot", 3, 3), (blot.Type, blot.Images, blot.Found));
        Assert.Equal([0, 3, 0, 0, 0], result.PerSize.Select(size => size.Images));
        Assert.Equal([0, 3, 0, 0, 0], result.PerSize.Select(size => size.DefectsShown));
        Assert.All(result.Images, image => Assert.InRange(image.PValue!.Value, 1.0 / 13, 1));
        Assert.Contains(result.Notes, note => note.Contains("too few", StringComparison.Ordinal));
    }

    [Fact]
    public void Permuted_labels_change_the_metrics_but_no_score_no_threshold_and_no_decision()
    {
        string honest = SmallDataset.Write(_folder.File("honest"), masks: false);
        string permuted = SmallDataset.Write(_folder.File("permuted"), masks: false);

        // Every defect becomes good, and three good ones become defects of another type.
        for (int i = 0; i < 3; i++)
        {
            SmallDataset.Move(
                Path.Combine(permuted, $"test/blot/{i:D3}.png"), Path.Combine(permuted, $"test/good/{i:D3}.png"));
            SmallDataset.Move(
                Path.Combine(permuted, $"test/good/{12 + i:D3}.png"),
                Path.Combine(permuted, $"test/other/{12 + i:D3}.png"));
        }

        EvaluationResult first = Evaluate(honest);
        EvaluationResult second = Evaluate(permuted);
        Assert.Equal(first.Threshold, second.Threshold);
        Assert.Equal(first.PixelThreshold, second.PixelThreshold);
        Assert.Equal(Decisions(first), Decisions(second));
        Assert.NotEqual(first.AtThreshold, second.AtThreshold);
        Assert.NotEqual(first.Ranking.Auroc, second.Ranking.Auroc);

        static IEnumerable<(string Name, double Score, bool IsCalledAbnormal)> Decisions(EvaluationResult result) =>
            result.Images.Select(image => (Path.GetFileName(image.Image.Path), image.Score, image.IsCalledAbnormal))
                .OrderBy(item => item.Item1, StringComparer.Ordinal);
    }

    [Fact]
    public void Unreadable_images_are_listed_and_count_nowhere()
    {
        string root = SmallDataset.Write(_folder.File("set"));
        File.WriteAllText(Path.Combine(root, "test/good/broken.png"), "not a picture");
        EvaluationResult result = Evaluate(root);
        Assert.Equal("test/good/broken.png", Assert.Single(result.Unreadable).Path);
        Assert.Equal(9, result.Images.Count);
    }

    [Fact]
    public void Without_masks_or_with_broken_ones_the_images_count_and_their_pixels_do_not()
    {
        EvaluationResult without = Evaluate(SmallDataset.Write(_folder.File("without"), masks: false));
        Assert.Null(without.Pixel);
        Assert.Empty(without.PerSize);
        Assert.Contains(
            without.Notes, note => note.StartsWith("3 abnormal images have no mask", StringComparison.Ordinal));

        string root = SmallDataset.Write(_folder.File("broken"));
        File.WriteAllText(Path.Combine(root, "ground_truth/blot/001_mask.png"), "not a picture");
        EvaluationResult broken = Evaluate(root);
        Assert.Equal(2, broken.Pixel!.Overall.Regions);
        Assert.Equal(3, broken.AtThreshold.TruePositives);
        Assert.Contains(broken.Notes, note => note.Contains("001_mask.png", StringComparison.Ordinal));
    }

    [Fact]
    public void Eroded_masks_are_compared_at_the_size_of_the_input()
    {
        string root = SmallDataset.Write(_folder.File("set"));
        EvaluationResult result = Evaluate(root, new EvaluationOptions { Masks = MaskResize.Erode });
        Assert.Equal(9L * 96 * 96, result.Pixel!.Overall.GoodPixels + result.Pixel.Overall.DefectPixels);

        // Squashed to 96 x 96 the height of 62 to 64 pixels grows, the width stays; one row at each end may be lost.
        Assert.InRange(result.Pixel.Overall.DefectPixels, 3 * 14 * 18, 3 * 14 * 22);
        Assert.InRange(result.Pixel.Overall.Auroc!.Value, 0.95, 1);
    }

    [Fact]
    public void A_set_without_defects_has_nulls_not_zeros()
    {
        string root = SmallDataset.Write(_folder.File("set"));
        Directory.Delete(Path.Combine(root, "test/blot"), recursive: true);
        EvaluationResult result = Evaluate(root);
        using JsonDocument json = JsonDocument.Parse(EvaluationJson.Write(result));
        foreach (string key in new[] { "image_auroc", "image_ap", "f1_max", "pixel_auroc", "pixel_ap", "aupro" })
        {
            Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty(key).ValueKind);
        }

        Assert.Equal(1, json.RootElement.GetProperty("at_threshold").GetProperty("specificity").GetDouble());
        Assert.Contains(
            result.Notes, note => note.StartsWith("There are no abnormal images", StringComparison.Ordinal));
    }

    [Fact]
    public void The_keys_of_the_JSON_are_the_contract()
    {
        EvaluationResult result = Evaluate(SmallDataset.Write(_folder.File("set")));
        using JsonDocument json = JsonDocument.Parse(EvaluationJson.Write(result, 1.5));
        JsonElement root = json.RootElement;
        Assert.Superset(
            new HashSet<string>
            {
                "image_auroc",
                "image_ap",
                "f1_max",
                "at_threshold",
                "pixel_auroc",
                "pixel_ap",
                "aupro",
                "per_type",
                "per_size",
                "macro",
                "intervals_95",
                "timing",
                "notes",
            },
            root.EnumerateObject().Select(property => property.Name).ToHashSet());
        Assert.Superset(
            new HashSet<string>
            {
                "threshold",
                "precision",
                "recall",
                "f1",
                "specificity",
                "balanced_accuracy",
                "confusion",
                "false_alarms",
                "escapes",
            },
            root.GetProperty("at_threshold").EnumerateObject().Select(property => property.Name).ToHashSet());
        Assert.Equal(1, root.GetProperty("per_type").GetProperty("blot").GetProperty("recall").GetDouble());
        Assert.Equal(
            ["under_8", "from_8_to_16", "from_16_to_32", "medium", "large"],
            root.GetProperty("per_size").EnumerateObject().Select(property => property.Name));
        Assert.Equal(1.5, root.GetProperty("timing").GetProperty("fit_seconds").GetDouble());

        using JsonDocument several =
            JsonDocument.Parse(EvaluationJson.Write([(result, null), (result with { Name = "other" }, null)]));
        Assert.Equal(
            ["set", "other"],
            several.RootElement.GetProperty("categories").EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            result.Ranking.Auroc, several.RootElement.GetProperty("mean").GetProperty("image_auroc").GetDouble());
    }

    private static EvaluationResult Evaluate(string root, EvaluationOptions? options = null)
    {
        LabeledDataset dataset = LabeledDataset.Open(root);
        using AnomalyDetector detector = AnomalyDetector.Fit(dataset.TrainGood!, Small);
        return DatasetEvaluator.Evaluate(
            detector, dataset, (options ?? new EvaluationOptions()) with { Resamples = 50 });
    }
}
