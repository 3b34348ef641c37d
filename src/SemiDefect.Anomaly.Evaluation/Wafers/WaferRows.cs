using System.Globalization;
using System.Text.RegularExpressions;
using SemiDefect.Anomaly.Evaluation.Layouts;

namespace SemiDefect.Anomaly.Evaluation.Wafers;

/// <summary>
/// Reads rows exported from WM-811K (Wu, Jang and Chen 2015) to csv: a column waferMap with a nested list of states,
/// and a column failureType with the name of the pattern, empty where nobody has labeled the map. Stateless.
/// </summary>
internal static partial class WaferRows
{
    private static readonly string[] MapNames = ["wafermap", "wafer_map", "map"];
    private static readonly string[] LabelNames = ["failuretype", "failure_type", "label"];

    /// <summary>Reads; null if it is no csv file with such a column.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="mostMaps">The most maps that are read.</param>
    /// <exception cref="SemiDefectException">A row is not understood.</exception>
    public static IReadOnlyList<NamedWaferMap>? Read(string text, string path, int mostMaps)
    {
        int end = text.AsSpan().IndexOfAny('\r', '\n');
        string first = end < 0 ? text : text[..end];
        if (!first.Contains("map", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        IReadOnlyList<CsvRow> rows = CsvReader.Parse(text, CsvReader.SeparatorOf(text), path);
        string[] header = [.. rows[0].Fields.Select(LabelWords.Fold)];
        int map = Array.FindIndex(header, name => MapNames.Contains(name, StringComparer.Ordinal));
        int label = Array.FindIndex(header, name => LabelNames.Contains(name, StringComparer.Ordinal));
        if (map < 0)
        {
            return null;
        }

        if (rows.Count - 1 > mostMaps || rows.Count == 1)
        {
            throw new SemiDefectException($"a list of {rows.Count - 1} maps; 1 to {mostMaps} are read.");
        }

        return
        [
            .. rows.Skip(1).Select((row, i) => row.Fields.Count == header.Length
                ? new NamedWaferMap(
                    i.ToString("D6", CultureInfo.InvariantCulture),
                    label < 0 ? null : LabelOf(row.Fields[label], row.Line),
                    MapOf(row.Fields[map], row.Line))
                : throw new SemiDefectException(
                    $"line {row.Line} has {row.Fields.Count} values, and the header {header.Length}.")),
        ];
    }

    // As NumPy and pandas write it: none, [['none']], ['none'] or [].
    private static string? LabelOf(string text, int line)
    {
        string label = text.Trim().Trim('[', ']').Trim('\'', '"', ' ');
        return label.Length == 0 || label == "nan" ? null
            : LabelPattern().IsMatch(label) ? label
            : throw new SemiDefectException(
                $"line {line}: '{ListFile.Printable(label)}' cannot be the name of a pattern; letters, digits, spaces, "
                    + "+, - and _ are understood.");
    }

    private static WaferMap MapOf(string text, int line)
    {
        if (text.Contains("...", StringComparison.Ordinal))
        {
            throw new SemiDefectException(
                $"line {line}: the map is abbreviated by '...': export maps as nested lists (tolist()).");
        }

        var states = new List<byte>();
        (int rows, int columns, int depth) = (0, 0, 0);
        int rowStart = 0;
        foreach (char next in text)
        {
            switch (next)
            {
                case '[' when depth < 2:
                    depth++;
                    rowStart = states.Count;
                    break;
                case ']' when depth == 2:
                    int length = states.Count - rowStart;
                    columns = rows == 0 ? length : columns;
                    if (length != columns || rows == WaferMap.LargestSide)
                    {
                        throw new SemiDefectException(
                            $"line {line}: the rows of the map differ in length, or there are too many.");
                    }

                    (rows, depth) = (rows + 1, 1);
                    break;
                case ']' when depth == 1:
                    depth = -1;
                    break;
                case '0' or '1' or '2' when depth == 2 && states.Count - rowStart < WaferMap.LargestSide:
                    states.Add((byte)(next - '0'));
                    break;
                case ',' or ' ' or '\r' or '\n' or '\t':
                    break;
                default:
                    throw new SemiDefectException(
                        $"line {line}: '{ListFile.Printable(next.ToString())}' in a map; nested lists of 0, 1 and 2 "
                            + "are understood.");
            }
        }

        return depth == -1
            ? new WaferMap(rows, columns, states.ToArray())
            : throw new SemiDefectException($"line {line}: the map is no nested list, or is cut off.");
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9 _+-]{0,63}$")]
    private static partial Regex LabelPattern();
}
