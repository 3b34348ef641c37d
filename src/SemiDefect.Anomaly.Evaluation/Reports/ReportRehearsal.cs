using System.Globalization;
using System.Text;
using SemiDefect.Anomaly.Evaluation.Rehearsals;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Resampling;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>The rehearsal in a report: the limits, an example of each kind, and every cell. Stateless.</summary>
internal static class ReportRehearsal
{
    private const int ExampleSide = 160;

    public static void Append(StringBuilder page, RehearsalResult result, ImageReading reading)
    {
        int used = result.Images.Count - result.AlreadyAbnormal.Count;
        page.Append(
            CultureInfo.InvariantCulture,
            $"<section><h2>Rehearsal with planted defects</h2><p>"
                + $"Each of {used} good images was tested with one planted defect at a time. Found means at least "
                + $"90 % found, at this and all larger sizes or higher contrasts. The results apply only to similar "
                + $"defects.</p>");
        AppendLimits(page, result);
        AppendExamples(page, result, reading);
        foreach (SyntheticDefectKind kind in result.Options.Kinds)
        {
            AppendGrid(page, result, kind);
        }

        page.Append("</section>\n");
    }

    /// <summary>A readable name of the kind.</summary>
    public static string Name(SyntheticDefectKind kind) => kind switch
    {
        SyntheticDefectKind.CutPaste => "cut and paste",
        SyntheticDefectKind.MissingPart => "missing part",
        SyntheticDefectKind.Texture => "foreign texture",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static void AppendLimits(StringBuilder page, RehearsalResult result)
    {
        page.Append(
            CultureInfo.InvariantCulture,
            $"<div class=\"scroll\"><table><thead><tr><th scope=\"col\">kind</th><th scope=\"col\">"
                + $"smallest size found at contrast {result.Options.Contrasts[^1]:0.##}</th><th scope=\"col\">"
                + $"lowest contrast found at {result.Options.Sizes[^1]} px</th></tr></thead><tbody>");
        foreach (RehearsalLimit limit in result.Limits)
        {
            string size = limit.SmallestSize is int pixels ? $"{pixels} px" : "none";
            string contrast = limit.LowestContrast?.ToString("0.##", CultureInfo.InvariantCulture) ?? "none";
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><th scope=\"row\">{Name(limit.Kind)}</th><td>{size}</td><td>{contrast}</td></tr>");
        }

        page.Append("</tbody></table></div>");
    }

    private static void AppendExamples(StringBuilder page, RehearsalResult result, ImageReading reading)
    {
        int index = result.Images.Index().First(item => !item.Item.IsCalledAbnormal).Index;
        ImageResult chosen = result.Images[index];
        Image image;
        try
        {
            image = ImageFile.Read(chosen.Image.FullPath, reading);
        }
        catch (SemiDefectException)
        {
            return;
        }

        int shortest = Math.Min(image.Width, image.Height);
        int[] fitting = [.. result.Options.Sizes.Where(size => size + 4 <= shortest)];
        if (fitting.Length == 0)
        {
            return;
        }

        int size = fitting[fitting.Length / 2];
        double contrast = result.Options.Contrasts[^1];
        page.Append("<div class=\"examples\">");
        var profile = new PictureProfile(image);
        foreach (SyntheticDefectKind kind in result.Options.Kinds)
        {
            PlantedImage planted = Rehearsal.Plant(profile, index, kind, size, contrast, result.Options.Seed);
            int side = Math.Min(shortest, Math.Max(3 * size, 64));
            int left = Math.Clamp(planted.Box.Left + planted.Box.Width / 2 - side / 2, 0, image.Width - side);
            int top = Math.Clamp(planted.Box.Top + planted.Box.Height / 2 - side / 2, 0, image.Height - side);
            string picture = PictureEncoder.Encode(
                PillowBilinear.Resize(GalleryBuilder.Crop(planted.Image, left, top, side), ExampleSide, ExampleSide));
            page.Append(
                CultureInfo.InvariantCulture,
                $"<figure><img src=\"{picture}\" alt=\"\" width=\"{ExampleSide}\" height=\"{ExampleSide}\"><figcaption>"
                    + $"{Name(kind)}, {size} px, contrast {contrast:0.##}</figcaption></figure>");
        }

        page.Append("</div>");
    }

    private static void AppendGrid(StringBuilder page, RehearsalResult result, SyntheticDefectKind kind)
    {
        page.Append(
            CultureInfo.InvariantCulture,
            $"<h3>{Name(kind)}</h3><div class=\"scroll\"><table><thead><tr><th scope=\"col\">size</th>");
        foreach (double contrast in result.Options.Contrasts)
        {
            page.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">contrast {contrast:0.##}</th>");
        }

        page.Append("</tr></thead><tbody>");
        foreach (IGrouping<int, RehearsalCell> row
            in result.Cells.Where(cell => cell.Kind == kind).GroupBy(cell => cell.Size))
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{row.Key} px</th>");
            foreach (RehearsalCell cell in row)
            {
                page.Append(cell.Rate is double rate
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"<td>{SvgCharts.Bar(rate, "found")}{cell.Found} of {cell.Trials}</td>")
                    : "<td>too large</td>");
            }

            page.Append("</tr>");
        }

        page.Append("</tbody></table></div>");
    }
}
