using nietras.SeparatedValues;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// Takes separated values apart (RFC 4180; lines may end with '\n', '\r' or both). Sep finds the fields; this class
/// takes the quotation marks off, and refuses those that Sep would take for something else than was meant.
/// Thread-safe: nothing is kept.
/// </summary>
internal static class CsvReader
{
    /// <summary>What separates the columns of the first line: a comma, or without one a semicolon or tab.</summary>
    public static char SeparatorOf(string text)
    {
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

    /// <summary>The rows, of as many fields as each has; empty lines are passed over.</summary>
    /// <exception cref="SemiDefectException">
    /// A quotation mark is where none can be or is not closed, or a row is too long; the message gives the line.
    /// </exception>
    public static IReadOnlyList<CsvRow> Parse(string text, char separator, string name)
    {
        var rows = new List<CsvRow>();
        int line = 1;
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

                // Where the first row begins is told wrongly without a header, where a row ends is not.
                line = row.LineNumberToExcl;
            }
        }
        catch (NotSupportedException error)
        {
            throw new SemiDefectException(
                $"'{name}', line {line}: the row is too long, as if a quotation mark were never closed.", error);
        }

        return rows;
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

            // So that the next fault in this row is told on its own line.
            line += field.Count('\n');
        }

        return fields;
    }

    /// <summary>What is wrong with a field's quotation marks and where, or null.</summary>
    private static string? FaultOf(ReadOnlySpan<char> field, char separator, out int at)
    {
        at = Math.Max(0, field.IndexOf('"'));
        if (!field.StartsWith('"'))
        {
            // A mark in the middle is text, unless it made Sep read over the end of the field.
            return field.ContainsAny(separator, '\r', '\n')
                ? "a field with a quotation mark inside must begin with one, and have those inside doubled."
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
        return "a quotation mark is opened and never closed.";
    }

    private static string NameOf(char separator) =>
        separator switch { ',' => "a comma", ';' => "a semicolon", _ => "a tab" };
}
