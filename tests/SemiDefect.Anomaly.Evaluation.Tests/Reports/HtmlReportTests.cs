using System.Text.RegularExpressions;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Reports;

public sealed class HtmlReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_evaluation_report_is_whole_safe_and_asks_for_nothing()
    {
        string root = SmallDataset.Write(_folder.File("<b>&set"));
        LabeledDataset dataset = LabeledDataset.Open(root);
        using AnomalyDetector detector = Fit(dataset.TrainGood!);
        EvaluationResult result =
            DatasetEvaluator.Evaluate(detector, dataset, new EvaluationOptions { Resamples = 20 });
        string page = Write(
            ReportContent.From(
                result, dataset.TrainingFolder) with
            {
                Created = new DateTimeOffset(2026, 11, 30, 8, 5, 0, TimeSpan.Zero),
                GallerySize = 5,
                Options = [("seen", "a <script> & more")],
            },
            detector);

        Assert.DoesNotContain("<b>&set", page);
        Assert.Contains("&lt;b&gt;&amp;set", page);
        Assert.Contains("a &lt;script&gt; &amp; more", page);
        AssertAsksForNothing(page);
        Assert.Equal(5, Regex.Count(page, "<article "));
        Assert.Equal(3, Regex.Count(page, "<svg viewBox[^>]*role=\"img\""));
        Assert.Equal(5, Regex.Count(page, "nearest training patch"));
        Assert.Contains("By type of defect", page);
        Assert.Contains("By size of defect", page);
        Assert.Contains("resized to 96", page);
        Assert.Contains(detector.Fingerprint.ShortForm, page);
        Assert.Contains("2026-11-30 08:05", page);
        AssertBalanced(page);
    }

    [Fact]
    public void The_gallery_shows_wrong_verdicts_first_and_the_worst_of_them_before_all()
    {
        ReportImage Image(string path, bool? isAbnormal, double score) =>
            new() { Path = path, FullPath = path, Score = score, Threshold = 5, IsAbnormal = isAbnormal };
        ReportImage[] images =
        [
            Image("right good", false, 1),
            Image("far alarm", false, 9),
            Image("near escape", true, 4.9),
            Image("right bad", true, 8),
            Image("near right good", false, 4.9)
        ];
        Assert.Equal(
            ["far alarm", "near escape", "near right good", "right bad", "right good"],
            GalleryBuilder.Choose(images, 9).Select(image => image.Path));
        Assert.Equal(
            ["b", "a"],
            GalleryBuilder.Choose([Image("a", null, 1), Image("b", null, 7)], 2).Select(image => image.Path));

        // Ten escapes leave room for the alarm and for what is right.
        ReportImage[] many = [.. Enumerable.Range(0, 10).Select(i => Image($"escape {i}", true, i * 0.1)), .. images];
        Assert.Equal(
            ["far alarm", "escape 0", "near right good"],
            GalleryBuilder.Choose(many, 3)
                .OrderByDescending(image => image.IsCalledAbnormal)
                .Select(image => image.Path));
    }

    [Fact]
    public void A_report_without_truth_and_without_files_that_went_is_still_whole()
    {
        string good = SyntheticParts.WriteGood(_folder.File("good"), 10);
        string bad = SyntheticParts.WriteBad(_folder.File("bad.png"));
        using AnomalyDetector detector = Fit(ImageFolder.Open(good));
        ReportImage[] images =
        [
            .. detector.InspectAll([bad, Path.Combine(good, "003.png")])
                .Select(inspection => ReportImage.From(inspection, Path.GetFileName(inspection.Name)))
        ];
        File.Delete(Path.Combine(good, "003.png"));
        var content = new ReportContent
        {
            Title = "line 3",
            Images = images,
            Unreadable = [("x.png", "it is <empty>")],
        };
        string page = Write(content, detector);
        Assert.Equal(1, Regex.Count(page, "<article "));
        Assert.Contains("it is &lt;empty&gt;", page);
        Assert.DoesNotContain("ROC curve", page);
        AssertAsksForNothing(page);
        AssertBalanced(page);
    }

    [Fact]
    public void Charts_take_every_odd_score()
    {
        foreach (double[] scores
            in new double[][] { [1], [0, 0, 0], [1e-9, 1e9], [5, 5], [0.001, 0.002, 900], [1e-300, 2e-300] })
        {
            string svg = SvgCharts.Histogram([("images", "plain", scores)], scores[0]);
            Assert.DoesNotContain("NaN", svg);
            Assert.DoesNotContain("∞", svg);
            Assert.Contains("<rect", svg);
            Assert.True(svg.Length < 20_000);
        }
    }

    private static AnomalyDetector Fit(ImageFolder good) =>
        AnomalyDetector.Fit(good, FitPresets.Create(FitPresets.Fast) with
        { ResizeSize = 96, Coreset = new(fraction: 0.2), Folds = 4 });

    private string Write(ReportContent content, AnomalyDetector detector)
    {
        HtmlReport.Write(_folder.File("report.html"), content, detector);
        return File.ReadAllText(_folder.File("report.html"));
    }

    private static void AssertAsksForNothing(string page)
    {
        Assert.DoesNotMatch("(?i)(src|href|action)\\s*=\\s*\"(?!data:)", page);
        Assert.DoesNotMatch("(?i)url\\((?!data:)", page);
        Assert.DoesNotMatch("(?i)@import|fetch\\(|XMLHttpRequest|https?://", page);
        Assert.Contains("default-src 'none'", page);
    }

    // Every tag that is opened is closed, in order.
    private static void AssertBalanced(string page)
    {
        string markup = Regex.Replace(page, "(?s)<(style|script)>.*?</\\1>", "");
        var open = new Stack<string>();
        string[] single = ["meta", "img", "input"];
        foreach (Match tag in Regex.Matches(markup, "<(/?)([a-z0-9]+)[^>]*?(/?)>"))
        {
            string name = tag.Groups[2].Value;
            if (tag.Groups[1].Length > 0)
            {
                Assert.Equal(open.Pop(), name);
            }
            else if (tag.Groups[3].Length == 0 && !single.Contains(name))
            {
                open.Push(name);
            }
        }

        Assert.Empty(open);
    }
}
