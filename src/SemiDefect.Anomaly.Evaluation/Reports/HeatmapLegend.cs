using System.Globalization;
using System.Text;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>
/// The legend of heatmaps, which have one scale everywhere: the color depends on the score over the pixel threshold.
/// Stateless.
/// </summary>
public static class HeatmapLegend
{
    private const int Width = 320;
    private const int BarHeight = 14;
    private const int LabelHeight = 20;
    private const int Steps = 80;
    private const double Last = 2;
    private const double Opaque = 255;
    private const string Namespace = " xmlns=\"http://www.w3.org/2000/svg\"";

    /// <summary>
    /// The bar of colors from 0 to twice the threshold, without labels, as a complete SVG document of 320 x 14 pixels.
    /// The threshold is in the middle.
    /// </summary>
    public static string ToBar() => Element(BarHeight, Bar(), Namespace);

    /// <summary>The bar with labels, as a complete SVG document of 320 x 34 pixels.</summary>
    /// <param name="threshold">The pixel threshold of the heatmaps.</param>
    public static string ToSvg(double threshold) => Element(BarHeight + LabelHeight, Labeled(threshold), Namespace);

    /// <summary>The bar with labels, as an element of an HTML page.</summary>
    internal static string ToElement(double threshold) =>
        Element(BarHeight + LabelHeight, Labeled(threshold), string.Empty);

    private static StringBuilder Labeled(double threshold)
    {
        StringBuilder svg = Bar();
        Label(svg, 0, "start", "0");
        Label(svg, 0.5, "middle", $"threshold {HtmlText.Number(threshold)}");
        Label(svg, 1, "end", "2 x or more");
        return svg;
    }

    private static string Element(int height, StringBuilder content, string attributes) => string.Create(
        CultureInfo.InvariantCulture,
        $"""<svg{attributes} width="{Width}" height="{height}" viewBox="0 0 {Width} {height}" """
            + $"""font-family="sans-serif" font-size="12" shape-rendering="crispEdges">{content}</svg>""");

    // Rectangles, not a gradient: a page that contains several legends needs no ids, and refers to nothing.
    private static StringBuilder Bar()
    {
        // On the gray of a part, as the transparent colors show it.
        StringBuilder svg = new StringBuilder().Append(
            CultureInfo.InvariantCulture,
            $"""<rect width="{Width}" height="{BarHeight}" fill="#808080"/>""");
        const double Step = (double)Width / Steps;
        Span<byte> color = stackalloc byte[4];
        for (int i = 0; i < Steps; i++)
        {
            HeatColors.Write(Last * (i + 0.5) / Steps, 1, color);
            if (color[3] > 0)
            {
                double opacity = color[3] / Opaque;
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"""<rect x="{i * Step}" width="{Step}" height="{BarHeight}" """
                        + $"""fill="rgb({color[0]},{color[1]},{color[2]})" fill-opacity="{opacity:0.##}"/>""");
            }
        }

        return svg.Append(
            CultureInfo.InvariantCulture,
            $"""<path d="M{Width / 2} 0v{BarHeight}" stroke="#fff" stroke-width="2"/>""");
    }

    private static void Label(StringBuilder svg, double at, string anchor, string text) => svg.Append(
        CultureInfo.InvariantCulture,
        $"""<text x="{at * Width:0.#}" y="{BarHeight + LabelHeight - 6}" text-anchor="{anchor}" """
            + $"""fill="currentColor">{HtmlText.Escape(text)}</text>""");
}
