using System.Globalization;
using System.Text;
using SemiDefect.Anomaly.Evaluation.Metrics;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>
/// Writes a report as one self-contained HTML file with styles, plots and images; its content security policy forbids
/// the browser to load anything else. Stateless.
/// </summary>
public static class HtmlReport
{
    private const string ContentPolicy =
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

    /// <summary>Writes the report. The images of the gallery are read and inspected again.</summary>
    /// <param name="path">The file; overwritten if it exists.</param>
    /// <param name="content">The content.</param>
    /// <param name="detector">The detector that made the decisions; not disposed.</param>
    /// <param name="cancellationToken">Cancels between images.</param>
    /// <exception cref="SemiDefectException">The file cannot be written.</exception>
    public static void Write(
        string path,
        ReportContent content,
        AnomalyDetector detector,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(detector);
        IReadOnlyList<GalleryItem> gallery = GalleryBuilder.Build(detector, content, cancellationToken);
        AtomicFile.WriteText(path, Compose(content, detector, gallery));
    }

    /// <summary>
    /// Writes the index page of several categories: a table with the mean, and links to the reports of the categories.
    /// </summary>
    /// <param name="path">The file; overwritten if it exists.</param>
    /// <param name="title">The heading.</param>
    /// <param name="categories">
    /// The evaluations, each with the address of its report relative to the index page.
    /// </param>
    /// <exception cref="SemiDefectException">The file cannot be written.</exception>
    public static void WriteIndex(
        string path,
        string title,
        IReadOnlyList<(EvaluationResult Result, string Link)> categories)
    {
        ArgumentNullException.ThrowIfNull(categories);
        var page = new StringBuilder();
        AppendHead(page, title);
        page.Append(
            CultureInfo.InvariantCulture,
            $"<header><h1>{HtmlText.Escape(title)}</h1><p>"
                + $"{categories.Count} categories; the mean counts each the same.</p></header>");
        ReportTables.Categories(page, categories);
        AppendFoot(page);
        AtomicFile.WriteText(path, page.ToString());
    }

    private static string Compose(ReportContent content, AnomalyDetector detector, IReadOnlyList<GalleryItem> gallery)
    {
        var page = new StringBuilder();
        AppendHead(page, content.Title);
        AppendHeader(page, content, detector);
        ReportSummary.Append(page, content);
        AppendNotes(page, content, detector);
        AppendCharts(page, content);
        if (content.Defects.Count > 0)
        {
            ReportTables.Defects(page, content.Defects);
        }

        if (content.Evaluation is { } evaluation)
        {
            ReportTables.Types(page, evaluation);
            ReportTables.Sizes(page, evaluation);
        }

        if (content.Rehearsal is { } rehearsal)
        {
            ReportRehearsal.Append(page, rehearsal, detector.Reading);
        }

        ReportTuning.Append(page, detector.Description);
        ReportGallery.Append(page, content, gallery, detector.Thresholds.Pixel.Value);
        ReportTables.Options(page, content, detector);
        AppendFoot(page);
        return page.ToString();
    }

    private static void AppendHead(StringBuilder page, string title) => page.Append(CultureInfo.InvariantCulture, $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="{ContentPolicy}">
        <title>{HtmlText.Escape(title)} – SemiDefect report</title>
        <style>
        {Resource("report.css")}</style>
        </head>
        <body>
        <main>

        """);

    private static void AppendFoot(StringBuilder page) => page.Append(CultureInfo.InvariantCulture, $"""
        </main>
        <script>
        {Resource("report.js")}</script>
        </body>
        </html>

        """);

    private static void AppendHeader(StringBuilder page, ReportContent content, AnomalyDetector detector)
    {
        string backbone = HtmlText.Escape(detector.Description.Lanes[0].Backbone);
        string patches = detector.Description.BankRows.ToString("N0", CultureInfo.InvariantCulture);
        int inspected = content.Images.Count;
        string source = string.Create(
            CultureInfo.InvariantCulture, $"{detector.Description.Images.Count} good images ({backbone})");
        string made = content.Created is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd HH:mm zzz}. ")
            : string.Empty;
        page.Append(CultureInfo.InvariantCulture, $"""
            <header><h1>{HtmlText.Escape(content.Title)}</h1>
            <p>{inspected} images inspected; the memory bank has {patches} patches from {source}.</p>
            <p>{made}Fingerprint of the detector: {detector.Fingerprint.ShortForm}.</p></header>

            """);
    }

    private static void AppendNotes(StringBuilder page, ReportContent content, AnomalyDetector detector)
    {
        string[] notes =
        [
            .. content.Evaluation?.Notes
                ?? new[] { detector.Thresholds.Image.Note, detector.Thresholds.Check?.Note }.OfType<string>(),
            .. content.Unreadable.Count switch
            {
                0 => Array.Empty<string>(),
                1 => ["1 image could not be read and counts nowhere; it is named at the end."],
                int count => [$"{count} images could not be read and count nowhere; they are listed at the end."],
            },
        ];
        if (notes.Length == 0)
        {
            return;
        }

        page.Append("<section class=\"notes\" aria-label=\"Notes\"><ul>");
        foreach (string note in notes)
        {
            page.Append(CultureInfo.InvariantCulture, $"<li>{HtmlText.Escape(note)}</li>");
        }

        page.Append("</ul></section>\n");
    }

    private static void AppendCharts(StringBuilder page, ReportContent content)
    {
        if (content.Images.Count == 0)
        {
            return;
        }

        double[] Scores(Func<ReportImage, bool> isMember) =>
            [.. content.Images.Where(isMember).Select(image => image.Score)];
        page.Append("<section><h2>Scores</h2><div class=\"charts\">");
        string histogram = SvgCharts.Histogram(
            [
                ("good", "good", Scores(image => image.IsAbnormal == false)),
                ("abnormal", "bad", Scores(image => image.IsAbnormal == true)),
                ("images", "plain", Scores(image => image.IsAbnormal is null)),
            ],
            content.Images[0].Threshold,
            content.Images[0].CheckThreshold);
        page.Append("<figure>")
            .Append(histogram)
            .Append("<figcaption>How images score. Right of the line is called abnormal.")
            .Append(
                new DecisionRule(content.Images[0].Threshold, content.Images[0].CheckThreshold).HasBand
                    ? " Between the fine line and the line is to be checked."
                    : "")
            .Append("</figcaption></figure>");
        if (content.Evaluation is { } evaluation)
        {
            double[] scores = [.. evaluation.Images.Select(image => image.Score)];
            bool[] labels = [.. evaluation.Images.Select(image => image.Image.IsAbnormal)];
            if (evaluation.Ranking.Auroc is not null)
            {
                page.Append("<figure>")
                    .Append(SvgCharts.Roc(ImageMetrics.Roc(scores, labels), evaluation.AtThreshold))
                    .Append(
                        CultureInfo.InvariantCulture,
                        $"<figcaption>ROC curve, area {HtmlText.Metric(evaluation.Ranking.Auroc)}</figcaption>"
                            + $"</figure>");
            }

            if (evaluation.Ranking.AveragePrecision is not null)
            {
                string curve = SvgCharts.PrecisionRecall(
                    ImageMetrics.PrecisionRecall(scores, labels), evaluation.AtThreshold);
                page.Append("<figure>")
                    .Append(curve)
                    .Append(
                        CultureInfo.InvariantCulture,
                        $"<figcaption>Precision and recall, average precision "
                            + $"{HtmlText.Metric(evaluation.Ranking.AveragePrecision)}</figcaption></figure>");
            }
        }

        page.Append("</div></section>\n");
    }

    private static string Resource(string name)
    {
        using Stream stream =
            typeof(HtmlReport).Assembly.GetManifestResourceStream($"SemiDefect.Anomaly.Evaluation.Reports.{name}")
            ?? throw new InvalidOperationException($"The resource {name} is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
