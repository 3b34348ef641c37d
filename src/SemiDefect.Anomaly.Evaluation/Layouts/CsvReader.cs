using nietras.SeparatedValues;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// Parses separated values (RFC 4180; lines may end with '\n', '\r' or both). Sep splits the fields; this class
/// unquotes them, and rejects quotation marks that Sep would misinterpret.
/// Stateless.
/// </summary>
internal static class CsvReader
{
    /// <summary>
    /// Detects the separator: what a first line such as sep=; says, as Excel writes it; else from the first line a
    /// comma if there is one, or a semicolon or tab.
    /// </summary>
    public static char SeparatorOf(string text)
    {
        if (DirectiveOf(text) is { } said)
        {
            return said.Separator;
        }

        int semicolons = 0;
        int tabs = 0;
        bool isQuoted = false;
        foreach (char next in text.AsSpan().TrimStart("\r\n"))
        {
            isQuoted ^= next == '"';
            if (isQuoted)
            {
                continue;
            }

            if (next is ',' or '\r' or '\n')
            {
                if (next == ',')
                {
                    return ',';
                }

                break;
            }

            semicolons += next == ';' ? 1 : 0;
            tabs += next == '\t' ? 1 : 0;
        }

        return tabs > semicolons ? '\t' : semicolons > 0 ? ';' : ',';
    }

    /// <summary>
    /// What is unusual about a text, in words: another separator than a comma, or lines that end with CR alone; null if
    /// nothing is.
    /// </summary>
    public static string? Describe(string text)
    {
        string? separator = SeparatorOf(text) switch
        {
            ';' => "separated by semicolons",
            '\t' => "separated by tabs",
            _ => null,
        };
        string? ends = text.Contains('\r', StringComparison.Ordinal) && !text.Contains('\n', StringComparison.Ordinal)
            ? "lines end with CR"
            : null;
        string said = string.Join(", ", new[] { separator, ends }.OfType<string>());
        return said.Length == 0 ? null : said;
    }

    /// <summary>Parses the rows, which may differ in length; empty lines are skipped.</summary>
    /// <exception cref="SemiDefectException">
    /// A quotation mark is misplaced or not closed, or a row is too long; the message includes the line number.
    /// </exception>
    public static IReadOnlyList<CsvRow> Parse(string text, char separator, string name)
    {
        var rows = new List<CsvRow>();
        int line = 1;
        if (DirectiveOf(text) is { } said)
        {
            // Its line stays, empty, so that the numbers of the others do.
            text = text[said.Length..];
        }

        try
        {
            using SepReader reader = Sep.New(separator)
                .Reader(options => options with { HasHeader = false, DisableColCountCheck = true })
                .FromText(text);
            foreach (SepReader.Row row in reader)
            {
                if (!row.Span.IsEmpty)
                {
                    rows.Add(new CsvRow(line, FieldsOf(row, line, separator, name)));
                }

                // Without a header, Sep reports a wrong first line for the first row, but correct last lines.
                line = row.LineNumberToExcl;
            }
        }
        catch (NotSupportedException error)
        {
            throw new SemiDefectException(
                $"'{name}', line {line}: the row is too long; a quotation mark may not be closed.", error);
        }

        return rows;
    }

    private static (char Separator, int Length)? DirectiveOf(string text)
    {
        ReadOnlySpan<char> line = text.AsSpan();
        int end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        ReadOnlySpan<char> bare = line.Trim('"');
        return bare.Length == 5
            && bare.StartsWith("sep=", StringComparison.OrdinalIgnoreCase)
            && bare[4] is ',' or ';' or '\t'
            ? (bare[4], line.Length)
            : null;
    }

    private static string[] FieldsOf(SepReader.Row row, int line, char separator, string name)
    {
        string[] fields = new string[row.ColCount];
        for (int i = 0; i < fields.Length; i++)
        {
            ReadOnlySpan<char> field = row[i].Span;
            string? fault = FaultOf(field, separator, out int faultAt);
            if (fault is not null)
            {
                int before = field[..faultAt].Count('\n');
                throw new SemiDefectException($"'{name}', line {line + before}: {fault}");
            }

            fields[i] = field.StartsWith('"')
                ? field[1..^1].ToString().Replace("\"\"", "\"", StringComparison.Ordinal)
                : field.ToString();

            // Count lines, so that the next error in this row is reported with its own line.
            line += field.Count('\n');
        }

        return fields;
    }

    /// <summary>Finds the error in a field's quotation marks and its position; null if there is none.</summary>
    private static string? FaultOf(ReadOnlySpan<char> field, char separator, out int at)
    {
        at = Math.Max(0, field.IndexOf('"'));
        if (!field.StartsWith('"'))
        {
            // A quotation mark in the middle is text, unless it made Sep read past the end of the field.
            return field.ContainsAny(separator, '\r', '\n')
                ? "a field that contains a quotation mark must be quoted, with the inner quotation marks doubled."
                : null;
        }

        for (at = 1; at < field.Length; at++)
        {
            if (field[at] != '"')
            {
                continue;
            }

            if (at == field.Length - 1)
            {
                return null;
            }

            if (field[at + 1] != '"')
            {
                return $"{NameOf(separator)} or the end of the line must follow a closing quotation mark.";
            }

            at++;
        }

        at = 0;
        return "a quotation mark is not closed.";
    }

    private static string NameOf(char separator) =>
        separator switch { ',' => "a comma", ';' => "a semicolon", _ => "a tab" };
}
