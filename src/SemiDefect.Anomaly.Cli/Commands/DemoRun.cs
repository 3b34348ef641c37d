using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>The demonstration with one die of the sample set. Not thread-safe.</summary>
/// <param name="dataset">The folder of the data set.</param>
/// <param name="folder">The folder for the results.</param>
internal sealed class DemoRun(string dataset, string folder)
{
    private readonly LabeledDataset _data = LabeledDataset.Open(dataset);
    private readonly string _heatmaps = Path.Combine(folder, "heatmaps");

    /// <summary>Fits, evaluates and writes all files; adds a heatmap of each type of defect to the overview.</summary>
    public EvaluationResult Execute(TextWriter output, List<Image> overview, CancellationToken cancellationToken)
    {
        using AnomalyDetector detector = FitCommand.Fit(_data.TrainGood!, new FitOptions(), cancellationToken);
        detector.Save(Path.Combine(folder, "model.sdad"));
        var files = new ScoreFiles(
            _heatmaps, SideBySide: true, Masks: null, Raw: null, RawFormat.Tiff, detector.Reading);
        EvaluationResult result = ProgressDisplay.Run(display => DatasetEvaluator.Evaluate(
            detector,
            _data,
            new EvaluationOptions(),
            new EvaluateRun.ImageProgress(display, _data.Test.Count),
            (image, inspection) => files.Write(new ScoreItem(image.FullPath, image.Path, Name(image)), inspection),
            cancellationToken));
        AtomicFile.WriteText(Path.Combine(folder, "results.csv"), EvaluationSummary.Csv(result));
        IReadOnlyList<DefectAccount> defects = DefectAccount.Of(result, detector, cancellationToken);
        ReportContent report = ReportContent.From(result, _data.TrainingFolder) with
        {
            Created = ReportTime.Now(),
            Defects = defects,
        };
        HtmlReport.Write(Path.Combine(folder, DemoCommand.ReportName), report, detector, cancellationToken);
        Print(output, detector, result, defects);
        overview.AddRange(
            defects.DistinctBy(defect => defect.Image.Image.Type, StringComparer.Ordinal)
                .Select(defect => ImageFile.Read(Path.Combine(_heatmaps, Name(defect.Image.Image) + ".png"))));
        return result;
    }

    // Below the folder of test images, and without its ending.
    private static string Name(LabeledImage image) =>
        Path.Combine(image.Type, Path.GetFileNameWithoutExtension(image.Path));

    private static void Print(
        TextWriter output, AnomalyDetector detector, EvaluationResult result, IReadOnlyList<DefectAccount> defects)
    {
        string check = detector.Thresholds.Check is { } estimate ? $", check {Text.Number(estimate.Value)}" : "";
        output.WriteLine(
            $"{result.Name}: fitted on {detector.Description.Images.Count} good images, threshold "
                + $"{Text.Number(detector.Thresholds.Image.Value)}{check}");
        int width = defects.Max(defect => defect.Image.Image.Type.Length);
        foreach (DefectAccount defect in defects)
        {
            string size = defect is { Side: { } side, Contrast: { } contrast }
                ? FormattableString.Invariant($"{side,3:0} px, contrast {contrast,3:0}")
                : string.Empty;
            string reason = defect.Image.IsCalledAbnormal ? string.Empty : $"  {defect.Reason}";
            output.WriteLine(
                $"  {defect.Answer,-6}  {defect.Image.Image.Type.PadRight(width)}  score "
                    + $"{Text.Number(defect.Image.Score),-7}  {size}{reason}");
        }

        int good = result.AtThreshold.TrueNegatives + result.AtThreshold.FalsePositives;
        output.WriteLine(
            $"  good images: {result.AtThreshold.TrueNegatives - result.GoodToCheck} of {good} normal, "
                + $"{result.GoodToCheck} to check, {result.AtThreshold.FalsePositives} abnormal");
        output.WriteLine();
    }
}
