using System.Globalization;
using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>Writes how well defects are named, as text.</summary>
internal static class NamingSummary
{
    // A wider table is left to the JSON document.
    private const int MostColumns = 14;

    public static void Write(TextWriter output, NamingReport naming)
    {
        int width = Math.Max(13, naming.PerType.Max(type => type.Type.Length));
        output.WriteLine();
        output.WriteLine(
            $"{"name".PadRight(width)}  defects  right  unknown  missed  precision  recall     F1   AP50  AP50-95");
        foreach (NamedTypeResult type in naming.PerType)
        {
            output.WriteLine(
                $"{Text.Printable(type.Type).PadRight(width)}  {type.Defects,7}  {type.Right,5}  {type.Unknown,7}  "
                    + $"{type.Missed,6}  {Cell(type.Precision, 9)}  {Cell(type.Recall, 6)}  {Cell(type.F1, 5)}  "
                    + $"{Cell(type.Ap50, 5)}  {Cell(type.Ap50To95, 7)}");
        }

        output.WriteLine(
            $"{"mean of types".PadRight(width)}                                  {Cell(naming.Precision, 9)}  "
                + $"{Cell(naming.Recall, 6)}  {Cell(naming.F1, 5)}  {Cell(naming.Ap50, 5)}  "
                + $"{Cell(naming.Ap50To95, 7)}");
        if (naming.PerType.Count + 2 <= MostColumns)
        {
            WriteConfusion(output, naming, width);
        }
    }

    private static void WriteConfusion(TextWriter output, NamingReport naming, int width)
    {
        string[] columns =
            [.. naming.PerType.Select((_, i) => (i + 1).ToString(CultureInfo.InvariantCulture)), "unknown", "missed"];
        int[] widths = [.. columns.Select((column, i) => Math.Max(
            column.Length, naming.Confusion.Max(row => row[i].ToString(CultureInfo.InvariantCulture).Length)))];
        output.WriteLine();
        output.WriteLine(
            $"{"is \\ called".PadRight(width + 3)}  "
                + string.Join("  ", columns.Select((column, i) => column.PadLeft(widths[i]))));
        for (int row = 0; row < naming.Confusion.Count; row++)
        {
            string name = row < naming.PerType.Count
                ? $"{row + 1,2} {Text.Printable(naming.PerType[row].Type)}"
                : "   no defect";
            IEnumerable<string> cells = naming.Confusion[row].Select(
                (count, i) => count.ToString(CultureInfo.InvariantCulture).PadLeft(widths[i]));
            output.WriteLine($"{name.PadRight(width + 3)}  {string.Join("  ", cells)}");
        }
    }

    private static string Cell(double? value, int width) =>
        (value?.ToString("F3", CultureInfo.InvariantCulture) ?? "-").PadLeft(width);
}
