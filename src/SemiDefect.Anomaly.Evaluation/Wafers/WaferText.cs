using System.Globalization;
using SemiDefect.Anomaly.Evaluation.Layouts;

namespace SemiDefect.Anomaly.Evaluation.Wafers;

/// <summary>
/// Reads a wafer map from text: a matrix of states, separated by commas, semicolons, tabs or spaces, or written without
/// separators; or a list of dies with a header that names x, y and a bin, as programs export STDF files. Lines that are
/// empty or begin with # are skipped. Stateless.
/// </summary>
internal static class WaferText
{
    private const string Wanted =
        "a matrix of 0 (no die), 1 (pass) and 2 (fail), or a list of dies with the header x y bin, is needed.";

    private static readonly char[] Separators = [' ', ',', ';', '\t'];

    private static readonly string[] XNames = ["x", "x_coord", "xcoord", "die_x", "x_die", "col", "column"];
    private static readonly string[] YNames = ["y", "y_coord", "ycoord", "die_y", "y_die", "row"];
    private static readonly string[] BinNames =
        ["bin", "hard_bin", "hbin", "soft_bin", "sbin", "bin_code", "result", "pass_fail"];

    /// <summary>Reads.</summary>
    /// <exception cref="SemiDefectException">It is not understood; the message has no name of a file.</exception>
    public static WaferMap Read(string text)
    {
        var lines = new List<(int Number, string[] Fields)>();
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> bare = line.Trim();
            if (bare.IsEmpty || bare[0] == '#')
            {
                continue;
            }

            lines.Add((number, FieldsOf(bare.ToString())));
        }

        return lines.Count == 0 ? throw new SemiDefectException($"the file has no content; {Wanted}")
            : ColumnsOf(lines[0].Fields) is { } columns ? ReadDies(lines, columns)
            : ReadMatrix(lines);
    }

    // A comma with spaces around it separates once; of spaces alone, several separate once as well.
    private static string[] FieldsOf(string line)
    {
        char? separator = line.Contains(',', StringComparison.Ordinal) ? ','
            : line.Contains(';', StringComparison.Ordinal) ? ';'
            : null;
        return separator is { } one
            ? line.Split(one, StringSplitOptions.TrimEntries)
            : line.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
    }

    private static (int X, int Y, int Bin)? ColumnsOf(string[] header)
    {
        string[] names = [.. header.Select(name => LabelWords.Fold(name.Trim('"')))];
        int Find(string[] known) => Array.FindIndex(names, name => known.Contains(name, StringComparer.Ordinal));
        (int x, int y, int bin) = (Find(XNames), Find(YNames), Find(BinNames));
        return x >= 0 && y >= 0 && bin >= 0 ? (x, y, bin) : null;
    }

    private static WaferMap ReadMatrix(List<(int Number, string[] Fields)> lines)
    {
        if (lines.TrueForAll(line => line.Fields is [{ Length: > 1 } only] && !only.AsSpan().ContainsAnyExcept("012")))
        {
            lines = [.. lines.Select(line => (line.Number, line.Fields[0].Select(state => $"{state}").ToArray()))];
        }

        int columns = lines[0].Fields.Length;
        if (lines.Count > WaferMap.LargestSide || columns > WaferMap.LargestSide)
        {
            throw new SemiDefectException(
                $"a matrix of {lines.Count} x {columns}; a map has at most {WaferMap.LargestSide} rows and columns.");
        }

        byte[] states = new byte[lines.Count * columns];
        int at = 0;
        foreach ((int number, string[] fields) in lines)
        {
            if (fields.Length != columns)
            {
                throw new SemiDefectException(
                    $"line {number} has {fields.Length} values, and the first one has {columns}; {Wanted}");
            }

            foreach (string field in fields)
            {
                states[at++] = field is ['0' or '1' or '2']
                    ? (byte)(field[0] - '0')
                    : throw new SemiDefectException($"line {number} has '{ListFile.Printable(field)}'; {Wanted}");
            }
        }

        return new WaferMap(lines.Count, columns, states);
    }

    private static WaferMap ReadDies(List<(int Number, string[] Fields)> lines, (int X, int Y, int Bin) columns)
    {
        if (lines.Count - 1 > WaferMap.LargestSide * WaferMap.LargestSide)
        {
            throw new SemiDefectException($"a list of {lines.Count - 1} dies; the limit is 1048576.");
        }

        int needed = Math.Max(columns.X, Math.Max(columns.Y, columns.Bin)) + 1;
        (int Number, int X, int Y, byte State)[] dies =
        [
            .. lines.Skip(1).Select(line => line.Fields.Length >= needed
                ? (line.Number,
                    CoordinateOf(line.Fields[columns.X], line.Number),
                    CoordinateOf(line.Fields[columns.Y], line.Number),
                    StateOf(line.Fields[columns.Bin], line.Number))
                : throw new SemiDefectException($"line {line.Number} has too few values.")),
        ];
        if (dies.Length == 0)
        {
            throw new SemiDefectException("the list has a header and no dies.");
        }

        (int left, int top) = (dies.Min(die => die.X), dies.Min(die => die.Y));
        (int width, int height) = (dies.Max(die => die.X) - left + 1, dies.Max(die => die.Y) - top + 1);
        if (width > WaferMap.LargestSide || height > WaferMap.LargestSide)
        {
            throw new SemiDefectException(
                $"dies on {height} rows and {width} columns; at most {WaferMap.LargestSide} are read.");
        }

        byte[] states = new byte[width * height];
        foreach ((int number, int x, int y, byte state) in dies)
        {
            int at = (y - top) * width + x - left;
            states[at] = states[at] == WaferMap.None
                ? state
                : throw new SemiDefectException(
                    $"line {number}: the die at x {x}, y {y} occurs twice; keep its last test only.");
        }

        return new WaferMap(height, width, states);
    }

    private static int CoordinateOf(string text, int line) =>
        int.TryParse(text.Trim('"'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
        && value is >= short.MinValue and <= short.MaxValue
            ? value
            : throw new SemiDefectException($"line {line}: '{ListFile.Printable(text)}' is no coordinate of a die.");

    // By convention, bin 1 is what passed, and every other bin is a way to fail.
    private static byte StateOf(string text, int line)
    {
        string word = text.Trim('"');
        return LabelWords.Fold(word) switch
        {
            "p" or "pass" => WaferMap.Pass,
            "f" or "fail" => WaferMap.Fail,
            _ => ushort.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out ushort bin)
                ? bin == 1 ? WaferMap.Pass : WaferMap.Fail
                : throw new SemiDefectException(
                    $"line {line}: '{ListFile.Printable(text)}' is no bin; numbers (1 passes), pass and fail are "
                        + "understood."),
        };
    }
}
