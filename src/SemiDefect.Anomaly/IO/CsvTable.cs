using System.Text;

namespace SemiDefect.Anomaly.IO;

/// <summary>
/// A small table of comma-separated values with a header line (RFC 4180: quotes, doubled quotes and line breaks inside
/// them; UTF-8, with or without a byte-order mark). Immutable, and so thread-safe.
/// </summary>
internal sealed class CsvTable
{
    private const long LargestFile = 64 << 20;

    private readonly Dictionary<string, int> _columns;

    private CsvTable(string path, string[] header, IReadOnlyList<string[]> rows)
    {
        Path = path;
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

    public IReadOnlyList<string> Header { get; }

    /// <summary>The rows, each as wide as the header.</summary>
    public IReadOnlyList<string[]> Rows { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="SemiDefectException">The file cannot be read, or is no such table; the message names the line.</exception>
    public static CsvTable Read(string path)
    {
        string text;
        try
        {
            if (new FileInfo(path).Length > LargestFile)
            {
                throw new SemiDefectException($"'{path}' is larger than {LargestFile >> 20} MiB, too large for a list of images: split it.");
            }

            text = File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException error)
        {
            throw new SemiDefectException($"'{path}' is not UTF-8 text: save it as CSV UTF-8.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"Cannot read '{path}': {error.Message}", error);
        }

        return Parse(path, text);
    }

    /// <summary>The place of a column, or null where there is none; case does not matter.</summary>
    public int? Find(string column) => _columns.TryGetValue(column, out int index) ? index : null;

    /// <summary>The place of a column that must be there.</summary>
    /// <exception cref="SemiDefectException">It is not.</exception>
    public int Require(string column) =>
        Find(column) ?? throw new SemiDefectException($"'{Path}' has no column '{column}' (it has {string.Join(", ", Header)}): the first line must name the columns.");

    /// <summary>A field as it is written to a file: quoted where it must be.</summary>
    public static string Quote(string field) =>
        field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    internal static CsvTable Parse(string path, string text)
    {
        var rows = new List<string[]>();
        int line = 1;
        for (int position = 0; position < text.Length;)
        {
            int firstLine = line;
            string[] fields = ReadRow(path, text, ref position, ref line);
            if (fields is [""])
            {
                continue;
            }

            if (rows.Count > 0 && fields.Length != rows[0].Length)
            {
                throw new SemiDefectException($"'{path}', line {firstLine}: {fields.Length} fields, but the header has {rows[0].Length}.");
            }

            rows.Add(fields);
        }

        return rows.Count == 0
            ? throw new SemiDefectException($"'{path}' is empty: the first line must name the columns.")
            : new CsvTable(path, [.. rows[0].Select(name => name.Trim())], rows[1..]);
    }

    private static string[] ReadRow(string path, string text, ref int position, ref int line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        bool isQuoted = false;
        int firstLine = line;
        while (position < text.Length)
        {
            char c = text[position++];
            if (c == '\n')
            {
                line++;
            }

            if (isQuoted)
            {
                if (c != '"')
                {
                    field.Append(c);
                }
                else if (position < text.Length && text[position] == '"')
                {
                    field.Append('"');
                    position++;
                }
                else
                {
                    isQuoted = false;
                }
            }
            else if (c == '"' && field.Length == 0)
            {
                isQuoted = true;
            }
            else if (c == ',')
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else if (c == '\n')
            {
                break;
            }
            else if (c != '\r')
            {
                field.Append(c);
            }
        }

        if (isQuoted)
        {
            throw new SemiDefectException($"'{path}', line {firstLine}: a quote is opened but not closed.");
        }

        fields.Add(field.ToString());
        return [.. fields];
    }
}
