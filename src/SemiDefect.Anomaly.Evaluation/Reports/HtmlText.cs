using System.Globalization;
using System.Net;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>Text for HTML and SVG, in the invariant culture. Stateless.</summary>
internal static class HtmlText
{
    /// <summary>Escapes text for use between tags and in quoted attributes.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A score with four significant digits.</summary>
    public static string Number(double value) =>
        value != 0 && Math.Abs(value) is < 1e-4 or >= 1e6
            ? value.ToString("0.###e+0", CultureInfo.InvariantCulture)
            : value.ToString(Math.Abs(value) >= 1000 ? "0" : "G4", CultureInfo.InvariantCulture);

    /// <summary>A metric in [0, 1] with three decimal places; a dash if it is undefined.</summary>
    public static string Metric(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "–";

    /// <summary>A share in percent; a dash if it is undefined.</summary>
    public static string Percent(double? value) =>
        value is double share ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0}\u00a0%") : "–";
}
