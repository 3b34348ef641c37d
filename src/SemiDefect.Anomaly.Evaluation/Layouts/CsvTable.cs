using nietras.SeparatedValues;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// A small table of separated values with a header line (RFC 4180: quotes, doubled quotes and line breaks inside
/// them; semicolons or tabs if the header line has no comma; UTF-8, with or without a byte-order mark). Immutable
/// and thread-safe.
/// </summary>
internal sealed class CsvTable
{
    private readonly Dictionary<string, int> _columns;

    private CsvTable(string path, char separator, string[] header, IReadOnlyList<string[]> rows)
    {
        Path = path;
        Separator = separator;
        Header = header;
        Rows = rows;
        _columns = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < header.Length; i++)
        {
            if (!_columns.TryAdd(header[i], i))
            {
                throw new SemiDefectException($"'{path}' has two columns called '{header[i]}': rename one.");
            }
        }
    }

    public string Path { get; }

    /// <summary>The column separator: a comma, a semicolon or a tab.</summary>
    public char Separator { get; }

    public IReadOnlyList<string> Header { get; }

    /// <summary>The rows, each with as many fields as the header.</summary>
    public IReadOnlyList<string[]> Rows { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="SemiDefectException">
    /// The file cannot be read or parsed; the message includes the line number.
    /// </exception>
    public static CsvTable Read(string path) => Parse(path, ListFile.ReadText(path));

    /// <summary>Finds the index of a column, ignoring case; null if it does not exist.</summary>
    public int? Find(string column) => _columns.TryGetValue(column, out int index) ? index : null;

    /// <summary>Finds the index of a required column.</summary>
    /// <exception cref="SemiDefectException">The column does not exist.</exception>
    public int Require(string column) =>
        Find(column)
            ?? throw new SemiDefectException(
                $"'{Path}' has no column '{column}' (it has {string.Join(", ", Header)}): the first line must name the "
                    + "columns.");

    /// <summary>Formats rows, with fields quoted where necessary and lines ended by '\n'.</summary>
    public static string Format(char separator, IEnumerable<IEnumerable<string>> rows)
    {
        // By default, Sep uses the system's line ending.
        using var text = new StringWriter { NewLine = "\n" };
        using (SepWriter writer = Sep.New(separator)
            .Writer(options => options with { WriteHeader = false, DisableColCountCheck = true, Escape = true })
            .To(text))
        {
            foreach (IEnumerable<string> row in rows)
            {
                using SepWriter.Row line = writer.NewRow();
                foreach ((int column, string field) in row.Index())
                {
                    line[column].Set(field);
                }
            }
        }

        return text.ToString();
    }

    internal static CsvTable Parse(string path, string text)
    {
        char separator = CsvReader.SeparatorOf(text);
        var rows = new List<string[]>();
        foreach (CsvRow row in CsvReader.Parse(text, separator, path))
        {
            if (rows.Count > 0 && row.Fields.Count != rows[0].Length)
            {
                throw new SemiDefectException(
                    $"'{path}', line {row.Line}: {row.Fields.Count} fields, but the header has {rows[0].Length}.");
            }

            rows.Add([.. row.Fields]);
        }

        return rows.Count == 0
            ? throw new SemiDefectException($"'{path}' is empty: the first line must name the columns.")
            : new CsvTable(path, separator, [.. rows[0].Select(name => name.Trim())], rows[1..]);
    }
}
