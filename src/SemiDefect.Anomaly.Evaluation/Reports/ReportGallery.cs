using System.Globalization;
using System.Text;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>The gallery of a report: images of greatest concern first. Stateless.</summary>
internal static class ReportGallery
{
    public static void Append(
        StringBuilder page,
        ReportContent content,
        IReadOnlyList<GalleryItem> gallery,
        double pixelThreshold)
    {
        if (gallery.Count == 0)
        {
            return;
        }

        bool hasTruth = gallery.Any(item => item.Image.IsAbnormal is not null);
        string count = gallery.Count < content.Images.Count
            ? $"{gallery.Count} of {content.Images.Count} images, the worst of each category"
            : "All images";
        string order = hasTruth ? "worst decision first" : "highest margin first";
        string outline = gallery.Any(item => item.Outline is not null)
            ? "; the cyan outline marks the labeled defect"
            : "";
        page.Append(
            CultureInfo.InvariantCulture,
            $"<section class=\"gallery\"><h2>Images</h2><p>"
                + $"{count}, {order}. The heatmap is transparent up to 70 % of the pixel "
                + $"threshold, red at the threshold and yellow at twice the threshold, in all images{outline}.</p>");
        page.Append("<p class=\"legend\">").Append(HeatmapLegend.ToElement(pixelThreshold)).Append("</p>\n");
        AppendControls(page, gallery, hasTruth);
        page.Append("<div class=\"cards\">\n");
        foreach (GalleryItem item in gallery)
        {
            AppendCard(page, item);
        }

        page.Append("</div></section>\n");
    }

    private static void AppendControls(StringBuilder page, IReadOnlyList<GalleryItem> gallery, bool hasTruth)
    {
        (string Kind, string Name)[] check =
            gallery.Any(item => item.Image.CheckThreshold is not null) ? [("check", "to check")] : [];
        (string Kind, string Name)[] kinds = hasTruth
            ? [("all", "all"), ("alarm", "false alarms"), ("escape", "escapes"), .. check, ("right", "right")]
            : [("all", "all"), ("abnormal", "abnormal"), .. check, ("normal", "normal")];
        page.Append("<div class=\"controls\" hidden><div role=\"group\" aria-label=\"Which images\">");
        foreach ((string kind, string name) in kinds)
        {
            int count = kind == "all" ? gallery.Count : gallery.Count(item => item.Image.Sort == kind);
            page.Append(
                CultureInfo.InvariantCulture,
                $"<button type=\"button\" data-kind=\"{kind}\" aria-pressed=\"{(kind == "all" ? "true" : "false")}\">"
                    + $"{name} ({count})</button>");
        }

        page.Append("</div><label>heat <input type=\"range\" id=\"heat\" min=\"0\" max=\"100\" value=\"100\"></label>");
        page.Append(
            gallery.Any(item => item.Outline is not null)
                ? "<label><input type=\"checkbox\" id=\"outline\" checked> marked defect</label></div>"
                : "</div>");
    }

    private static void AppendCard(StringBuilder page, GalleryItem item)
    {
        ReportImage image = item.Image;
        string path = HtmlText.Escape(image.Path);
        string verdict = DecisionRule.NameOf(image.Decision);
        string truth = image.IsAbnormal is null ? ""
            : image.Decision == Decision.Check ? (image.IsWrong ? "defect" : "good")
            : image.IsWrong ? (image.IsCalledAbnormal ? "false alarm" : "escape")
            : "right";
        string outline = item.Outline is null ? "" : $"<img class=\"outline\" src=\"{item.Outline}\" alt=\"\">";
        string original = $"<div class=\"picture\" role=\"img\" aria-label=\"{path}\"></div>";
        string heatmap = $"<div class=\"picture\" role=\"img\" aria-label=\"Heatmap of {path}\">"
            + $"<img class=\"heat\" src=\"{item.Heat}\" alt=\"\">{outline}</div>";
        string style = image.Decision switch
        {
            Decision.Abnormal => "bad",
            Decision.Check => "check",
            _ => "good",
        };
        string verdictBadge = $"<span class=\"badge {style}\">{verdict}</span>";
        string truthBadge = truth.Length == 0
            ? ""
            : $" <span class=\"badge {(image.IsWrong ? "wrong" : "right")}\">{truth}</span>";
        string type = image.Type is null ? "" : $" <span class=\"type\">{HtmlText.Escape(image.Type)}</span>";
        string score = Value("score", HtmlText.Number(image.Score));
        string margin = Value("margin", (image.Margin > 0 ? "+" : "") + HtmlText.Number(image.Margin));
        string pValue = image.PValue is double p ? Value("p-value", HtmlText.Number(p)) : "";
        string names = image.Names.Count == 0 ? "" : Value("called", NamesOf(image.Names));
        string patch = Patch(item.Patch, "strangest patch");
        string nearest = item.TrainingPatch is null ? "" : Patch(item.TrainingPatch, "nearest training patch");
        string training = $"<span class=\"path\">{HtmlText.Escape(item.TrainingImage)}</span>";
        page.Append(CultureInfo.InvariantCulture, $"""
            <article class="card" data-kind="{image.Sort}" style="--picture:url({item.Picture})">
            <div class="pair" style="--ratio:{item.Width}/{item.Height}">{original}{heatmap}</div>
            <div class="caption"><p class="path">{path}</p>
            <p>{verdictBadge}{truthBadge}{type}</p>
            <dl>{score}{margin}{pValue}{names}</dl>
            <div class="match">{patch}{nearest}<p>compared with {training}</p></div></div>
            </article>

            """);
    }

    private static string NamesOf(IReadOnlyList<string> names) => HtmlText.Escape(string.Join(
        ", ",
        names.GroupBy(name => name, StringComparer.Ordinal)
            .Select(group => group.Count() == 1 ? group.Key : $"{group.Count()} x {group.Key}")));

    private static string Value(string name, string value) => $"<div><dt>{name}</dt><dd>{value}</dd></div>";

    private static string Patch(string source, string caption) =>
        $"<figure><img src=\"{source}\" alt=\"\" width=\"72\" height=\"72\">"
            + $"<figcaption>{caption}</figcaption></figure>";
}
