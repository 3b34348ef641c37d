using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>
/// Writes evaluations as JSON. The keys are a contract: new ones may be added, but none changes its meaning within a
/// <c>schema</c> version. Undefined values are null. Everything except <c>timing</c> is the same on every machine.
/// Stateless.
/// </summary>
public static class EvaluationJson
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Creates the document of one evaluation.</summary>
    /// <param name="result">The evaluation.</param>
    /// <param name="fitSeconds">The duration of the fit, if there was one.</param>
    public static string Write(EvaluationResult result, double? fitSeconds = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Text(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("schema", 1);
            WriteResult(writer, result, fitSeconds);
            writer.WriteEndObject();
        });
    }

    /// <summary>Creates the document of several categories, with the means over them.</summary>
    /// <param name="categories">The evaluations, and the durations of their fits.</param>
    public static string Write(IReadOnlyCollection<(EvaluationResult Result, double? FitSeconds)> categories)
    {
        ArgumentNullException.ThrowIfNull(categories);
        return Text(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("schema", 1);
            WriteMacro(writer, "mean", MacroAverages.Of([.. categories.Select(category => category.Result)]));
            writer.WriteStartObject("categories");
            foreach ((EvaluationResult result, double? fitSeconds) in categories)
            {
                writer.WriteStartObject(result.Name);
                WriteResult(writer, result, fitSeconds);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    internal static string Text(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Readable))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }

    private static void WriteResult(Utf8JsonWriter writer, EvaluationResult result, double? fitSeconds)
    {
        writer.WriteString("dataset", result.Name);
        writer.WriteNumber("images", result.Images.Count);
        writer.WriteNumber("abnormal_images", result.Images.Count(image => image.Image.IsAbnormal));
        WriteRanking(writer, result.Ranking);
        WriteAtThreshold(writer, result);
        WritePixel(writer, result.Pixel?.Overall);
        WriteTypes(writer, result.PerType);
        WriteSizes(writer, result.PerSize);
        WriteMacro(writer, "macro", result.Macro);
        if (result.Naming is { } naming)
        {
            WriteNaming(writer, naming);
        }

        WriteIntervals(writer, result);
        WriteList(writer, "notes", result.Notes);
        writer.WriteStartArray("unreadable");
        foreach ((string path, string reason) in result.Unreadable)
        {
            writer.WriteStartObject();
            writer.WriteString("path", path);
            writer.WriteString("reason", reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("timing");
        WriteNumber(writer, "fit_seconds", fitSeconds);
        writer.WriteNumber("inspection_seconds", result.InspectionSeconds);
        writer.WriteNumber("milliseconds_per_image", 1000 * result.InspectionSeconds / result.Images.Count);
        writer.WriteEndObject();
    }

    private static void WriteRanking(Utf8JsonWriter writer, ImageMetrics ranking)
    {
        WriteNumber(writer, "image_auroc", ranking.Auroc);
        WriteNumber(writer, "image_ap", ranking.AveragePrecision);
        WriteNumber(writer, "f1_max", ranking.F1Max);
        WriteNumber(writer, "f1_max_threshold", ranking.F1MaxThreshold);
    }

    private static void WriteAtThreshold(Utf8JsonWriter writer, EvaluationResult result)
    {
        Confusion confusion = result.AtThreshold;
        writer.WriteStartObject("at_threshold");
        WriteThreshold(writer, "image_threshold", result.Threshold);
        WriteThreshold(writer, "pixel_threshold", result.PixelThreshold);
        WriteCheck(writer, result);
        WriteNumber(writer, "threshold", result.Threshold.Value);
        WriteNumber(writer, "precision", confusion.Precision);
        WriteNumber(writer, "recall", confusion.Recall);
        WriteNumber(writer, "f1", confusion.F1);
        WriteNumber(writer, "specificity", confusion.Specificity);
        WriteNumber(writer, "balanced_accuracy", confusion.BalancedAccuracy);
        WriteNumber(writer, "accuracy", confusion.Accuracy);
        writer.WriteStartObject("confusion");
        writer.WriteNumber("true_positives", confusion.TruePositives);
        writer.WriteNumber("false_positives", confusion.FalsePositives);
        writer.WriteNumber("true_negatives", confusion.TrueNegatives);
        writer.WriteNumber("false_negatives", confusion.FalseNegatives);
        writer.WriteEndObject();
        WriteList(
            writer,
            "false_alarms",
            result.Images.Where(image => !image.IsRight && !image.Image.IsAbnormal).Select(image => image.Image.Path));
        WriteList(
            writer,
            "escapes",
            result.Images.Where(image => !image.IsRight && image.Image.IsAbnormal).Select(image => image.Image.Path));
        writer.WriteEndObject();
    }

    private static void WriteCheck(Utf8JsonWriter writer, EvaluationResult result)
    {
        if (result.Check is not { } check)
        {
            writer.WriteNull("check");
            return;
        }

        writer.WriteStartObject("check");
        WriteThreshold(writer, "check_threshold", check);
        writer.WriteNumber("defects", result.DefectsToCheck);
        writer.WriteNumber("good", result.GoodToCheck);
        WriteList(
            writer,
            "images",
            result.Images.Where(image => image.Decision == Decision.Check).Select(image => image.Image.Path));
        writer.WriteEndObject();
    }

    private static void WriteThreshold(Utf8JsonWriter writer, string name, ThresholdEstimate threshold)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("value", threshold.Value);
        writer.WriteString("method", threshold.Method);
        writer.WriteString("note", threshold.Note);
        writer.WriteEndObject();
    }

    private static void WritePixel(Utf8JsonWriter writer, PixelMetrics? pixel)
    {
        WriteNumber(writer, "pixel_auroc", pixel?.Auroc);
        WriteNumber(writer, "pixel_ap", pixel?.AveragePrecision);
        WriteNumber(writer, "aupro", pixel?.Aupro);
    }

    private static void WriteTypes(Utf8JsonWriter writer, IReadOnlyList<TypeResult> types)
    {
        writer.WriteStartObject("per_type");
        foreach (TypeResult type in types)
        {
            writer.WriteStartObject(type.Type);
            writer.WriteNumber("images", type.Images);
            writer.WriteNumber("found", type.Found);
            writer.WriteNumber("recall", type.Recall);
            WriteRanking(writer, type.Ranking);
            WritePixel(writer, type.Pixel);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteSizes(Utf8JsonWriter writer, IReadOnlyList<SizeResult> sizes)
    {
        writer.WriteStartObject("per_size");
        foreach (SizeResult size in sizes)
        {
            writer.WriteStartObject(size.Size switch
            {
                DefectSize.Under8 => "under_8",
                DefectSize.From8To16 => "from_8_to_16",
                DefectSize.From16To32 => "from_16_to_32",
                DefectSize.Medium => "medium",
                _ => "large",
            });
            writer.WriteNumber("images", size.Images);
            writer.WriteNumber("found", size.Found);
            WriteNumber(writer, "recall", size.Recall);
            WriteRanking(writer, size.Ranking);
            writer.WriteNumber("defects", size.Defects);
            writer.WriteNumber("defects_shown", size.DefectsShown);
            WritePixel(writer, size.Pixel);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteMacro(Utf8JsonWriter writer, string name, MacroAverages macro)
    {
        writer.WriteStartObject(name);
        WriteNumber(writer, "image_auroc", macro.ImageAuroc);
        WriteNumber(writer, "image_ap", macro.ImageAveragePrecision);
        WriteNumber(writer, "f1_max", macro.F1Max);
        WriteNumber(writer, "recall", macro.Recall);
        WriteNumber(writer, "pixel_auroc", macro.PixelAuroc);
        WriteNumber(writer, "pixel_ap", macro.PixelAveragePrecision);
        WriteNumber(writer, "aupro", macro.Aupro);
        writer.WriteEndObject();
    }

    private static void WriteNaming(Utf8JsonWriter writer, NamingReport naming)
    {
        writer.WriteStartObject("naming");
        WriteNumber(writer, "accuracy", naming.Accuracy);
        WriteNumber(writer, "precision", naming.Precision);
        WriteNumber(writer, "recall", naming.Recall);
        WriteNumber(writer, "f1", naming.F1);
        WriteNumber(writer, "ap50", naming.Ap50);
        WriteNumber(writer, "ap50_95", naming.Ap50To95);
        writer.WriteStartObject("per_type");
        foreach (NamedTypeResult type in naming.PerType)
        {
            writer.WriteStartObject(type.Type);
            writer.WriteNumber("defects", type.Defects);
            writer.WriteNumber("called", type.Called);
            writer.WriteNumber("right", type.Right);
            writer.WriteNumber("unknown", type.Unknown);
            writer.WriteNumber("not_found", type.Missed);
            WriteNumber(writer, "precision", type.Precision);
            WriteNumber(writer, "recall", type.Recall);
            WriteNumber(writer, "f1", type.F1);
            WriteNumber(writer, "ap50", type.Ap50);
            WriteNumber(writer, "ap50_95", type.Ap50To95);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteStartObject("confusion");
        WriteList(writer, "columns", [.. naming.PerType.Select(type => type.Type), "unknown", "not found"]);
        writer.WriteStartArray("rows");
        for (int row = 0; row < naming.Confusion.Count; row++)
        {
            writer.WriteStartObject();
            writer.WriteString("type", row < naming.PerType.Count ? naming.PerType[row].Type : null);
            int sum = naming.Confusion[row].Sum();
            writer.WriteStartArray("counts");
            foreach (int count in naming.Confusion[row])
            {
                writer.WriteNumberValue(count);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("shares");
            foreach (int count in naming.Confusion[row].Where(_ => sum > 0))
            {
                writer.WriteNumberValue((double)count / sum);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteIntervals(Utf8JsonWriter writer, EvaluationResult result)
    {
        BootstrapIntervals intervals = result.Intervals;
        writer.WriteStartObject("intervals_95");
        WriteInterval(writer, "image_auroc", intervals.Auroc);
        WriteInterval(writer, "image_ap", intervals.AveragePrecision);
        WriteInterval(writer, "f1_max", intervals.F1Max);
        WriteInterval(writer, "precision", intervals.Precision);
        WriteInterval(writer, "recall", intervals.Recall);
        WriteInterval(writer, "f1", intervals.F1);
        WriteInterval(writer, "specificity", intervals.Specificity);
        WriteInterval(writer, "balanced_accuracy", intervals.BalancedAccuracy);
        WriteInterval(writer, "pixel_auroc", result.Pixel?.AurocInterval);
        WriteInterval(writer, "aupro", result.Pixel?.AuproInterval);
        writer.WriteEndObject();
    }

    private static void WriteInterval(Utf8JsonWriter writer, string name, Interval? interval)
    {
        if (interval is not Interval known)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartArray(name);
        writer.WriteNumberValue(known.Low);
        writer.WriteNumberValue(known.High);
        writer.WriteEndArray();
    }

    internal static void WriteNumber(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is double number)
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    internal static void WriteList(Utf8JsonWriter writer, string name, IEnumerable<string> items)
    {
        writer.WriteStartArray(name);
        foreach (string item in items)
        {
            writer.WriteStringValue(item);
        }

        writer.WriteEndArray();
    }
}
