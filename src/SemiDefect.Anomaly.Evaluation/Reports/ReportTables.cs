using System.Globalization;
using System.Text;
using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>The tables of a report. Stateless.</summary>
internal static class ReportTables
{
    public static void Types(StringBuilder page, EvaluationResult evaluation)
    {
        if (evaluation.PerType.Count == 0)
        {
            return;
        }

        bool hasPixels = evaluation.Pixel is not null;
        page.Append(
            "<section><h2>By type of defect</h2><div class=\"scroll\"><table><thead><tr><th scope=\"col\">type</th>"
                + "<th scope=\"col\" class=\"wide\">found</th><th scope=\"col\">recall</th><th scope=\"col\">"
                + "image AUROC</th>")
            .Append(hasPixels ? "<th scope=\"col\">pixel AUROC</th><th scope=\"col\">AUPRO</th>" : "")
            .Append("</tr></thead><tbody>");
        foreach (TypeResult type in evaluation.PerType)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><th scope=\"row\">{HtmlText.Escape(type.Type)}</th><td class=\"wide\">"
                    + $"{SvgCharts.Bar(type.Recall, "found")} {type.Found} of {type.Images}</td><td>"
                    + $"{HtmlText.Metric(type.Recall)}</td><td>{HtmlText.Metric(type.Ranking.Auroc)}</td>");
            AppendPixels(page, hasPixels, type.Pixel);
        }

        MacroAverages macro = evaluation.Macro;
        page.Append(
            CultureInfo.InvariantCulture,
            $"</tbody><tfoot><tr><th scope=\"row\">mean of types</th><td class=\"wide\">equal weight</td><td>"
                + $"{HtmlText.Metric(macro.Recall)}</td><td>{HtmlText.Metric(macro.ImageAuroc)}</td>")
            .Append(
                hasPixels ? $"<td>{HtmlText.Metric(macro.PixelAuroc)}</td><td>{HtmlText.Metric(macro.Aupro)}</td>" : "")
            .Append("</tr></tfoot></table></div></section>\n");
    }

    public static void Defects(StringBuilder page, IReadOnlyList<DefectAccount> defects)
    {
        page.Append(
            "<section><h2>Every defect</h2><p>"
                + "The size is the side of a square of the same area; the contrast is the difference of the mean gray "
                + "level from that of the four pixels around.</p><div class=\"scroll\"><table><thead><tr>"
                + "<th scope=\"col\">image</th><th scope=\"col\" class=\"wide\">answer</th><th scope=\"col\">score</th>"
                + "<th scope=\"col\">size</th><th scope=\"col\">contrast</th><th scope=\"col\" class=\"wide\">why</th>"
                + "</tr></thead><tbody>");
        foreach (DefectAccount defect in defects)
        {
            string style = defect.Image.Decision switch
            {
                Decision.Abnormal => "good",
                Decision.Check => "check",
                _ => "bad",
            };
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><th scope=\"row\">{HtmlText.Escape(defect.Image.Image.Path)}</th><td class=\"wide\">"
                    + $"<span class=\"badge {style}\">{defect.Answer}</span></td><td>"
                    + $"{HtmlText.Number(defect.Image.Score)}</td><td>{Rounded(defect.Side, " px")}</td><td>"
                    + $"{Rounded(defect.Contrast, "")}</td><td class=\"wide\">{HtmlText.Escape(defect.Reason)}</td>"
                    + $"</tr>");
        }

        page.Append("</tbody></table></div></section>\n");
    }

    public static void Sizes(StringBuilder page, EvaluationResult evaluation)
    {
        if (evaluation.PerSize.Count == 0)
        {
            return;
        }

        page.Append(
            "<section><h2>By size of defect</h2><p>"
                + "The size is the side of a square of the same area, in pixels of the original image; an image counts "
                + "by its largest defect. A defect is shown when some pixel of it is above the pixel threshold.</p>"
                + "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">size</th><th scope=\"col\" class=\"wide\">"
                + "images found</th><th scope=\"col\">recall</th><th scope=\"col\">image AUROC</th><th scope=\"col\">"
                + "defects shown</th><th scope=\"col\">pixel AUROC</th><th scope=\"col\">AUPRO</th></tr></thead>"
                + "<tbody>");
        foreach (SizeResult size in evaluation.PerSize)
        {
            string name = size.Size switch
            {
                DefectSize.Under8 => "under 8 px",
                DefectSize.From8To16 => "8 to 16 px",
                DefectSize.From16To32 => "16 to 32 px",
                DefectSize.Medium => "32 to 96 px",
                _ => "over 96 px",
            };
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><th scope=\"row\">{name}</th><td class=\"wide\">"
                    + $"{(size.Recall is double recall ? SvgCharts.Bar(recall, "found") : "")} {size.Found} of "
                    + $"{size.Images}</td><td>{HtmlText.Metric(size.Recall)}</td><td>"
                    + $"{HtmlText.Metric(size.Ranking.Auroc)}</td><td>{size.DefectsShown} of {size.Defects}</td>");
            AppendPixels(page, true, size.Pixel);
        }

        page.Append("</tbody></table></div></section>\n");
    }

    public static void Categories(StringBuilder page, IReadOnlyList<(EvaluationResult Result, string Link)> categories)
    {
        page.Append(
            "<section><div class=\"scroll\"><table><thead><tr><th scope=\"col\">category</th><th scope=\"col\">"
                + "image AUROC</th><th scope=\"col\">AP</th><th scope=\"col\">F1-max</th><th scope=\"col\">recall</th>"
                + "<th scope=\"col\">false alarms</th><th scope=\"col\">pixel AUROC</th><th scope=\"col\">AUPRO</th>"
                + "</tr></thead><tbody>");
        foreach ((EvaluationResult result, string link) in categories)
        {
            int good = result.AtThreshold.TrueNegatives + result.AtThreshold.FalsePositives;
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><th scope=\"row\"><a href=\"{HtmlText.Escape(link)}\">{HtmlText.Escape(result.Name)}</a></th><td>"
                    + $"{HtmlText.Metric(result.Ranking.Auroc)}</td><td>"
                    + $"{HtmlText.Metric(result.Ranking.AveragePrecision)}</td><td>"
                    + $"{HtmlText.Metric(result.Ranking.F1Max)}</td><td>"
                    + $"{HtmlText.Metric(result.AtThreshold.Recall)}</td><td>"
                    + $"{result.AtThreshold.FalsePositives} of {good}</td><td>"
                    + $"{HtmlText.Metric(result.Pixel?.Overall.Auroc)}</td><td>"
                    + $"{HtmlText.Metric(result.Pixel?.Overall.Aupro)}</td></tr>");
        }

        MacroAverages mean = MacroAverages.Of([.. categories.Select(category => category.Result)]);
        page.Append(
            CultureInfo.InvariantCulture,
            $"</tbody><tfoot><tr><th scope=\"row\">mean</th><td>{HtmlText.Metric(mean.ImageAuroc)}</td><td>"
                + $"{HtmlText.Metric(mean.ImageAveragePrecision)}</td><td>{HtmlText.Metric(mean.F1Max)}</td><td>"
                + $"{HtmlText.Metric(mean.Recall)}</td><td></td><td>{HtmlText.Metric(mean.PixelAuroc)}</td><td>"
                + $"{HtmlText.Metric(mean.Aupro)}</td></tr></tfoot></table></div></section>\n");
    }

    /// <summary>
    /// All settings stored in the detector, the additional options, and the files that could not be read.
    /// </summary>
    public static void Options(StringBuilder page, ReportContent content, AnomalyDetector detector)
    {
        page.Append("<section><h2>How the detector was made</h2>")
            .Append("<div class=\"scroll\"><table class=\"options\"><tbody>");
        IReadOnlyList<(string, string)> made = DetectorText.Describe(detector.Description, detector.Fingerprint);
        foreach ((string name, string value) in content.Options.Concat(made))
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><th scope=\"row\">{HtmlText.Escape(name)}</th><td>{HtmlText.Escape(value)}</td></tr>");
        }

        page.Append("</tbody></table></div></section>\n");
        if (content.Unreadable.Count == 0)
        {
            return;
        }

        page.Append("<section><h2>Unreadable images</h2><ul>");
        foreach ((string path, string reason) in content.Unreadable)
        {
            page.Append(CultureInfo.InvariantCulture, $"<li>{HtmlText.Escape(path)}: {HtmlText.Escape(reason)}</li>");
        }

        page.Append("</ul></section>\n");
    }

    private static string Rounded(double? value, string unit) =>
        value is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:0}{unit}") : "–";

    private static void AppendPixels(StringBuilder page, bool hasPixels, PixelMetrics? pixel) =>
        page.Append(
            hasPixels
                ? $"<td>{HtmlText.Metric(pixel?.Auroc)}</td><td>{HtmlText.Metric(pixel?.Aupro)}</td></tr>"
                : "</tr>");
}
