using System.Globalization;
using System.Text;
using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>The key figures at the top of a report. Stateless.</summary>
internal static class ReportSummary
{
    public static void Append(StringBuilder page, ReportContent content)
    {
        page.Append("<section class=\"tiles\" aria-label=\"Summary\">");
        if (content.Evaluation is { } evaluation)
        {
            AppendVerdicts(page, evaluation);
            AppendMetrics(page, evaluation);
        }
        else
        {
            int abnormal = content.Images.Count(image => image.IsCalledAbnormal);
            int check = content.Images.Count(image => image.Decision == Decision.Check);
            int normal = content.Images.Count - abnormal - check;
            Tile(
                page,
                "called abnormal",
                abnormal.ToString(CultureInfo.InvariantCulture),
                $"of {content.Images.Count} images",
                abnormal > 0 ? "bad" : "good");
            if (content.Images.Any(image => image.CheckThreshold is not null))
            {
                Tile(
                    page,
                    "to check",
                    check.ToString(CultureInfo.InvariantCulture),
                    $"of {content.Images.Count} images",
                    check > 0 ? "check" : "good");
            }

            Tile(
                page,
                "called normal",
                normal.ToString(CultureInfo.InvariantCulture),
                HtmlText.Percent(content.Images.Count == 0 ? null : (double)normal / content.Images.Count),
                "good");
            if (content.Unreadable.Count > 0)
            {
                Tile(
                    page,
                    "unreadable",
                    content.Unreadable.Count.ToString(CultureInfo.InvariantCulture),
                    "listed at the end",
                    "bad");
            }
        }

        page.Append("</section>\n");
        if (content.Evaluation is { } evaluated)
        {
            AppendConfusion(page, evaluated);
        }
    }

    private static void AppendVerdicts(StringBuilder page, EvaluationResult evaluation)
    {
        Confusion confusion = evaluation.AtThreshold;
        int abnormal = confusion.TruePositives + confusion.FalseNegatives;
        int good = confusion.TrueNegatives + confusion.FalsePositives;
        Tile(
            page,
            "defects found",
            HtmlText.Percent(confusion.Recall),
            $"{confusion.TruePositives} of {abnormal}{Range(evaluation.Intervals.Recall, true)}",
            "");
        Tile(
            page,
            "escapes",
            confusion.FalseNegatives.ToString(CultureInfo.InvariantCulture),
            evaluation.Check is null
                ? "defects called normal"
                : $"defects not called abnormal; {evaluation.DefectsToCheck} of them are to be checked",
            confusion.FalseNegatives > 0 ? "bad" : "good");
        Tile(
            page,
            "false alarms",
            confusion.FalsePositives.ToString(CultureInfo.InvariantCulture),
            $"of {good} good images, {HtmlText.Percent(1 - confusion.Specificity)}",
            confusion.FalsePositives > 0 ? "bad" : "good");
        if (evaluation.Check is not null)
        {
            Tile(
                page,
                "to check",
                (evaluation.DefectsToCheck + evaluation.GoodToCheck).ToString(CultureInfo.InvariantCulture),
                $"defects {evaluation.DefectsToCheck}, good images {evaluation.GoodToCheck}",
                "check");
        }

        Tile(
            page,
            "balanced accuracy",
            HtmlText.Percent(confusion.BalancedAccuracy),
            $"mean of recall and specificity{Range(evaluation.Intervals.BalancedAccuracy, true)}",
            "");
    }

    private static void AppendMetrics(StringBuilder page, EvaluationResult evaluation)
    {
        Tile(
            page,
            "image AUROC",
            HtmlText.Metric(evaluation.Ranking.Auroc),
            $"95 %{Range(evaluation.Intervals.Auroc, false)}",
            "");
        Tile(
            page,
            "average precision",
            HtmlText.Metric(evaluation.Ranking.AveragePrecision),
            $"95 %{Range(evaluation.Intervals.AveragePrecision, false)}",
            "");
        if (evaluation.Pixel is { } pixel)
        {
            Tile(
                page,
                "pixel AUROC",
                HtmlText.Metric(pixel.Overall.Auroc),
                $"95 %{Range(pixel.AurocInterval, false)}",
                "");
            Tile(
                page,
                "AUPRO",
                HtmlText.Metric(pixel.Overall.Aupro),
                $"{pixel.Overall.Regions} defects, limit 0.3; 95 %{Range(pixel.AuproInterval, false)}",
                "");
        }
    }

    private static void AppendConfusion(StringBuilder page, EvaluationResult evaluation)
    {
        Confusion confusion = evaluation.AtThreshold;
        string threshold = HtmlText.Number(evaluation.Threshold.Value);
        string rule = HtmlText.Escape(evaluation.Threshold.Method);
        string figures = $"Precision {HtmlText.Metric(confusion.Precision)}, "
            + $"recall {HtmlText.Metric(confusion.Recall)}, "
            + $"F1 {HtmlText.Metric(confusion.F1)}, specificity {HtmlText.Metric(confusion.Specificity)}.";
        string bestF1 =
            $"The best F1 over all thresholds, chosen with the labels, is {HtmlText.Metric(evaluation.Ranking.F1Max)}.";
        bool hasCheck = evaluation.Check is not null;
        string checkHead = hasCheck ? "<th scope=\"col\">to check</th>" : "";
        string head = $"<tr><th></th><th scope=\"col\">called normal</th>{checkHead}"
            + "<th scope=\"col\">called abnormal</th></tr>";
        string goodToCheck = hasCheck ? $"<td>{evaluation.GoodToCheck}</td>" : "";
        string defectsToCheck = hasCheck ? $"<td>{evaluation.DefectsToCheck}</td>" : "";
        int passed = confusion.TrueNegatives - evaluation.GoodToCheck;
        string band = evaluation.Check is { } check
            ? $" Scores above {HtmlText.Number(check.Value)} are to be checked; the figures count them as not called "
                + "abnormal."
            : "";
        int found = confusion.TruePositives;
        string alarms = Errors(confusion.FalsePositives);
        string escapes = Errors(confusion.FalseNegatives - evaluation.DefectsToCheck);
        page.Append(CultureInfo.InvariantCulture, $"""
            <section><h2>At the threshold</h2>
            <p>Threshold {threshold}, set by the method “{rule}” from good images only.{band} {figures} {bestF1}</p>
            <div class="scroll"><table class="confusion"><thead>{head}</thead>
            <tbody><tr><th scope="row">good</th><td>{passed}</td>{goodToCheck}{alarms}</tr>
            <tr><th scope="row">abnormal</th>{escapes}{defectsToCheck}<td>{found}</td></tr></tbody></table></div>
            </section>

            """);
    }

    private static string Errors(int count) => $"<td class=\"{(count > 0 ? "wrong" : "")}\">{count}</td>";

    private static void Tile(StringBuilder page, string name, string value, string detail, string style) => page.Append(
        CultureInfo.InvariantCulture,
        $"<div class=\"tile {style}\"><span class=\"tile-name\">{name}</span><span class=\"tile-value\">{value}</span>"
            + $"<span class=\"tile-detail\">{detail}</span></div>");

    private static string Range(Interval? interval, bool isPercent) => interval is not Interval known
        ? (isPercent ? "" : ": not known")
        : isPercent
            ? string.Create(CultureInfo.InvariantCulture, $" ({100 * known.Low:0.0}–{100 * known.High:0.0} %)")
            : string.Create(CultureInfo.InvariantCulture, $": {known.Low:0.000}–{known.High:0.000}");
}
