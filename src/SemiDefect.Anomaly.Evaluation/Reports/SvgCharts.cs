using System.Globalization;
using System.Text;
using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>The plots of a report as SVG text, colored by the style sheet of the page. Stateless.</summary>
internal static class SvgCharts
{
    private const int Width = 420;
    private const int Bins = 42;
    private const double Left = 40;
    private const double Right = 12;

    /// <summary>
    /// One histogram per class on a common axis, each scaled to its own height, with a line at the threshold.
    /// </summary>
    /// <param name="classes">Name, style class and scores; classes without scores are omitted.</param>
    /// <param name="threshold">The threshold.</param>
    /// <param name="checkThreshold">The check threshold, or null.</param>
    public static string Histogram(
        IReadOnlyList<(string Name, string Style, double[] Scores)> classes,
        double threshold,
        double? checkThreshold = null)
    {
        (string Name, string Style, double[] Scores)[] shown = [.. classes.Where(one => one.Scores.Length > 0)];
        var scale = ChartScale.Around([.. shown.SelectMany(one => one.Scores), threshold, checkThreshold ?? threshold]);
        const double PanelHeight = 92;
        const double Gap = 24;
        const double Top = 34;
        double bottom = Top + shown.Length * (PanelHeight + Gap) - Gap;
        double plot = Width - Left - Right;
        double thresholdX = Left + scale.At(threshold) * plot;
        var svg = Open(Width, bottom + 40, "Histogram of scores with the threshold");
        for (int i = 0; i < shown.Length; i++)
        {
            double baseline = Top + i * (PanelHeight + Gap) + PanelHeight;
            int[] counts = new int[Bins];
            foreach (double score in shown[i].Scores)
            {
                counts[Math.Clamp((int)(scale.At(score) * Bins), 0, Bins - 1)]++;
            }

            int most = counts.Max();
            Line(svg, "axis", Left, baseline, Width - Right, baseline);
            Text(svg, "label", Left - 5, baseline, "end", "0");
            Text(
                svg,
                "label",
                Left - 5,
                baseline - PanelHeight + 24,
                "end",
                most.ToString(CultureInfo.InvariantCulture));
            for (int bin = 0; bin < Bins; bin++)
            {
                if (counts[bin] > 0)
                {
                    double height = Math.Max(1.5, counts[bin] * (PanelHeight - 14) / most);
                    svg.Append(
                        CultureInfo.InvariantCulture,
                        $"<rect class=\"{shown[i].Style}\" x=\"{Left + bin * plot / Bins:0.##}\" "
                            + $"y=\"{baseline - height:0.##}\" width=\"{plot / Bins - 1:0.##}\" "
                            + $"height=\"{height:0.##}\"><title>{counts[bin]} {shown[i].Name}</title></rect>");
                }
            }

            Text(
                svg,
                $"name {shown[i].Style}-text",
                Left,
                baseline - PanelHeight + 6,
                "start",
                $"{shown[i].Name} ({shown[i].Scores.Length})");
        }

        if (checkThreshold is { } check)
        {
            double x = Left + scale.At(check) * plot;
            Line(svg, "check-threshold", x, Top - 12, x, bottom);
        }

        Line(svg, "threshold", thresholdX, Top - 12, thresholdX, bottom);
        string anchor = thresholdX > Width * 0.6 ? "end" : thresholdX < Width * 0.25 ? "start" : "middle";
        Text(svg, "threshold-text", thresholdX, Top - 18, anchor, $"threshold {HtmlText.Number(threshold)}");
        foreach (double tick in scale.Ticks)
        {
            double x = Left + scale.At(tick) * plot;
            Line(svg, "axis", x, bottom, x, bottom + 4);
            Text(svg, "label", x, bottom + 17, "middle", HtmlText.Number(tick));
        }

        Text(
            svg,
            "title",
            Left + plot / 2,
            bottom + 34,
            "middle",
            scale.IsLogarithmic ? "anomaly score (logarithmic)" : "anomaly score");
        return Close(svg);
    }

    /// <summary>The ROC curve, with the point of the threshold.</summary>
    public static string Roc(IReadOnlyList<CurvePoint> curve, Confusion atThreshold)
    {
        StringBuilder svg = OpenUnitSquare("ROC curve", "false-alarm rate", "recall");
        Line(svg, "reference", UnitX(0), UnitY(0), UnitX(1), UnitY(1));
        svg.Append("<polyline class=\"curve\" points=\"");
        foreach (CurvePoint point in curve)
        {
            svg.Append(CultureInfo.InvariantCulture, $"{UnitX(point.X):0.##},{UnitY(point.Y):0.##} ");
        }

        svg.Append("\"/>");
        if (atThreshold.Specificity is double specificity && atThreshold.Recall is double recall)
        {
            OperatingPoint(svg, 1 - specificity, recall);
        }

        return Close(svg);
    }

    /// <summary>
    /// The stepwise precision-recall curve, as summed by the average precision, with the point of the threshold.
    /// </summary>
    public static string PrecisionRecall(IReadOnlyList<CurvePoint> curve, Confusion atThreshold)
    {
        StringBuilder svg = OpenUnitSquare("Precision-recall curve", "recall", "precision");
        double recallBefore = 0;
        svg.Append("<polyline class=\"curve\" points=\"");
        foreach (CurvePoint point in curve)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"{UnitX(recallBefore):0.##},{UnitY(point.Y):0.##} {UnitX(point.X):0.##},{UnitY(point.Y):0.##} ");
            recallBefore = point.X;
        }

        svg.Append("\"/>");
        if (atThreshold.Precision is double precision && atThreshold.Recall is double recall)
        {
            OperatingPoint(svg, recall, precision);
        }

        return Close(svg);
    }

    /// <summary>A bar from 0 to 1 for a table cell.</summary>
    public static string Bar(double share, string style) => string.Create(
        CultureInfo.InvariantCulture,
        $"<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
            + $"<rect class=\"track\" width=\"100\" height=\"10\"/>"
            + $"<rect class=\"{style}\" width=\"{100 * share:0.#}\" height=\"10\"/></svg>");

    private static double UnitX(double x) => Left + x * (Width - Left - Right);

    private static double UnitY(double y) => 14 + (1 - y) * 266;

    private static StringBuilder OpenUnitSquare(string label, string xTitle, string yTitle)
    {
        StringBuilder svg = Open(Width, 320, label);
        for (int i = 0; i <= 4; i++)
        {
            double value = i / 4.0;
            Line(svg, i == 0 ? "axis" : "grid", UnitX(0), UnitY(value), UnitX(1), UnitY(value));
            Line(svg, i == 0 ? "axis" : "grid", UnitX(value), UnitY(0), UnitX(value), UnitY(1));
            Text(svg, "label", Left - 5, UnitY(value) + 4, "end", HtmlText.Number(value));
            Text(svg, "label", UnitX(value), UnitY(0) + 16, i == 4 ? "end" : "middle", HtmlText.Number(value));
        }

        Text(svg, "title", UnitX(0.5), UnitY(0) + 34, "middle", xTitle);
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"title\" text-anchor=\"middle\" transform=\"translate(10 {UnitY(0.5):0.##}) rotate(-90)\">"
                + $"{yTitle}</text>");
        return svg;
    }

    private static void OperatingPoint(StringBuilder svg, double x, double y)
    {
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<circle class=\"point\" cx=\"{UnitX(x):0.##}\" cy=\"{UnitY(y):0.##}\" r=\"5\"><title>"
                + $"at the threshold: {x:0.000}, {y:0.000}</title></circle>");
        bool isRight = x > 0.55;
        Text(
            svg,
            "threshold-text",
            UnitX(x) + (isRight ? -10 : 10),
            UnitY(y) + (y > 0.5 ? 18 : -6),
            isRight ? "end" : "start",
            "at the threshold");
    }

    private static StringBuilder Open(double width, double height, string label) => new StringBuilder().Append(
        CultureInfo.InvariantCulture,
        $"<svg viewBox=\"0 0 {width:0.##} {height:0.##}\" role=\"img\" aria-label=\"{label}\">");

    private static string Close(StringBuilder svg) => svg.Append("</svg>").ToString();

    private static void Line(StringBuilder svg, string style, double x1, double y1, double x2, double y2) => svg.Append(
        CultureInfo.InvariantCulture,
        $"<line class=\"{style}\" x1=\"{x1:0.##}\" y1=\"{y1:0.##}\" x2=\"{x2:0.##}\" y2=\"{y2:0.##}\"/>");

    private static void Text(StringBuilder svg, string style, double x, double y, string anchor, string text) =>
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"{style}\" x=\"{x:0.##}\" y=\"{y:0.##}\" text-anchor=\"{anchor}\">"
                + $"{HtmlText.Escape(text)}</text>");
}
