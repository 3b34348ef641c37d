using System.Globalization;
using System.Text;
using SemiDefect.Anomaly.Evaluation;
using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>Writes an evaluation as text and as CSV.</summary>
internal static class EvaluationSummary
{
    public static void Write(TextWriter output, EvaluationResult result)
    {
        Confusion confusion = result.AtThreshold;
        int abnormal = confusion.TruePositives + confusion.FalseNegatives;
        int good = confusion.TrueNegatives + confusion.FalsePositives;
        output.WriteLine($"Data set        {Text.Printable(result.Name)}: {good} good and {abnormal} abnormal images");
        output.WriteLine(
            $"Threshold       {Text.Number(result.Threshold.Value)} "
                + $"({result.Threshold.Method}, from good images only)");
        output.WriteLine(
            $"Detected        {confusion.TruePositives} of {abnormal}: recall "
                + $"{Metric(confusion.Recall, result.Intervals.Recall)}");
        output.WriteLine(
            $"False alarms    {confusion.FalsePositives} of {good}: specificity "
                + $"{Metric(confusion.Specificity, result.Intervals.Specificity)}");
        if (result.Check is { } check)
        {
            output.WriteLine(
                $"To check        {result.DefectsToCheck} defects and {result.GoodToCheck} good images, above "
                    + $"{Text.Number(check.Value)} ({check.Method}); counted above as not abnormal");
        }

        output.WriteLine($"Precision       {Metric(confusion.Precision, result.Intervals.Precision)}");
        output.WriteLine(
            $"F1              {Metric(confusion.F1, result.Intervals.F1)}; best over all thresholds "
                + $"{Metric(result.Ranking.F1Max, null)}");
        output.WriteLine($"Balanced acc.   {Metric(confusion.BalancedAccuracy, result.Intervals.BalancedAccuracy)}");
        output.WriteLine($"Image AUROC     {Metric(result.Ranking.Auroc, result.Intervals.Auroc)}");
        output.WriteLine(
            $"Image AP        {Metric(result.Ranking.AveragePrecision, result.Intervals.AveragePrecision)}");
        if (result.Pixel is { } pixel)
        {
            output.WriteLine($"Pixel AUROC     {Metric(pixel.Overall.Auroc, pixel.AurocInterval)}");
            output.WriteLine($"Pixel AP        {Metric(pixel.Overall.AveragePrecision, null)}");
            output.WriteLine($"AUPRO           {Metric(pixel.Overall.Aupro, pixel.AuproInterval)}");
        }

        WriteTypes(output, result);
        WriteSizes(output, result);
        if (result.Naming is { } naming)
        {
            NamingSummary.Write(output, naming);
        }

        foreach (string note in result.Notes)
        {
            output.WriteLine($"Note: {Text.Printable(note)}");
        }
    }

    public static void WriteMean(TextWriter output, IReadOnlyList<EvaluationResult> results)
    {
        int width = Math.Max(8, results.Max(result => result.Name.Length));
        output.WriteLine();
        output.WriteLine(
            $"{"category".PadRight(width)}  image AUROC  image AP  F1-max  recall  pixel AUROC  pixel AP  AUPRO");
        foreach (EvaluationResult result in results)
        {
            WriteRow(
                result.Name,
                result.Ranking.Auroc,
                result.Ranking.AveragePrecision,
                result.Ranking.F1Max,
                result.AtThreshold.Recall,
                result.Pixel?.Overall);
        }

        MacroAverages mean = MacroAverages.Of(results);
        WriteRow(
            "mean",
            mean.ImageAuroc,
            mean.ImageAveragePrecision,
            mean.F1Max,
            mean.Recall,
            new PixelMetrics(mean.PixelAuroc, mean.PixelAveragePrecision, mean.Aupro, 0, 0, 0));

        void WriteRow(string name, double? auroc, double? ap, double? f1, double? recall, PixelMetrics? pixel) =>
            output.WriteLine(
                $"{Text.Printable(name).PadRight(width)}  {Cell(auroc, 11)}  {Cell(ap, 8)}  {Cell(f1, 6)}  "
                    + $"{Cell(recall, 6)}  {Cell(pixel?.Auroc, 11)}  {Cell(pixel?.AveragePrecision, 8)}  "
                    + $"{Cell(pixel?.Aupro, 5)}");
    }

    /// <summary>Formats one line per image, with round-trip precision.</summary>
    public static string Csv(EvaluationResult result)
    {
        var text = new StringBuilder("path,type,abnormal,score,threshold,margin,p_value,decision,regions\n");
        foreach (ImageResult image in result.Images)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{Text.CsvField(image.Image.Path)},{Text.CsvField(image.Image.Type)},"
                    + $"{(image.Image.IsAbnormal ? 1 : 0)},{image.Score:R},{image.Threshold:R},{image.Margin:R},"
                    + $"{image.PValue:R},{DecisionRule.NameOf(image.Decision)},{image.Regions}\n");
        }

        return text.ToString();
    }

    private static void WriteTypes(TextWriter output, EvaluationResult result)
    {
        if (result.PerType.Count == 0)
        {
            return;
        }

        int width = Math.Max(13, result.PerType.Max(type => type.Type.Length));
        output.WriteLine();
        output.WriteLine($"{"type".PadRight(width)}  images  found  recall  image AUROC  pixel AUROC  AUPRO");
        foreach (TypeResult type in result.PerType)
        {
            output.WriteLine(
                $"{Text.Printable(type.Type).PadRight(width)}  {type.Images,6}  {type.Found,5}  "
                    + $"{Cell(type.Recall, 6)}  {Cell(type.Ranking.Auroc, 11)}  {Cell(type.Pixel?.Auroc, 11)}  "
                    + $"{Cell(type.Pixel?.Aupro, 5)}");
        }

        MacroAverages macro = result.Macro;
        output.WriteLine(
            $"{"mean of types".PadRight(width)}                 {Cell(macro.Recall, 6)}  {Cell(macro.ImageAuroc, 11)}  "
                + $"{Cell(macro.PixelAuroc, 11)}  {Cell(macro.Aupro, 5)}");
    }

    private static void WriteSizes(TextWriter output, EvaluationResult result)
    {
        if (result.PerSize.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("size         images  found  recall  image AUROC  defects  shown  pixel AUROC  AUPRO");
        foreach (SizeResult size in result.PerSize)
        {
            string name = size.Size switch
            {
                DefectSize.Under8 => "under 8 px",
                DefectSize.From8To16 => "8 to 16 px",
                DefectSize.From16To32 => "16 to 32 px",
                DefectSize.Medium => "32 to 96 px",
                _ => "over 96 px",
            };
            output.WriteLine(
                $"{name,-11}  {size.Images,6}  {size.Found,5}  {Cell(size.Recall, 6)}  {Cell(size.Ranking.Auroc, 11)}  "
                    + $"{size.Defects,7}  {size.DefectsShown,5}  {Cell(size.Pixel.Auroc, 11)}  "
                    + $"{Cell(size.Pixel.Aupro, 5)}");
        }

        output.WriteLine();
    }

    private static string Cell(double? value, int width) =>
        (value?.ToString("F3", CultureInfo.InvariantCulture) ?? "-").PadLeft(width);

    private static string Metric(double? value, Interval? interval)
    {
        string text = value?.ToString("F4", CultureInfo.InvariantCulture) ?? "not defined";
        return interval is { } known
            ? string.Create(CultureInfo.InvariantCulture, $"{text} ({known.Low:F3} to {known.High:F3})")
            : text;
    }
}
