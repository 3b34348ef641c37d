using System.Text;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>Takes comma-separated text apart (RFC 4180, with '\n' alone as a line's end too). Thread-safe: nothing is kept.</summary>
internal static class CsvReader
{
    /// <summary>The rows; empty lines are passed over.</summary>
    /// <exception cref="SemiDefectException">A quotation is not closed, or something follows its end; the message gives the line.</exception>
    public static IReadOnlyList<CsvRow> Parse(string text, string name)
    {
        var rows = new List<CsvRow>();
        int at = 0;
        int line = 1;
        while (at < text.Length)
        {
            int firstLine = line;
            int rowStart = at;
            var fields = new List<string>();
            do
            {
                fields.Add(ReadField(text, ref at, ref line, name));
            }
            while (at < text.Length && text[at++] == ',');

            // The separator just passed was a line's end, or else the text is over.
            bool isEmpty = text.AsSpan(rowStart, at - rowStart).Trim("\r\n").IsEmpty;
            line++;
            if (!isEmpty)
            {
                rows.Add(new CsvRow(firstLine, fields));
            }
        }

        return rows;
    }

    /// <summary>Reads up to the comma or '\n' that ends the field, which stays unread.</summary>
    private static string ReadField(string text, ref int at, ref int line, string name)
    {
        if (at < text.Length && text[at] == '"')
        {
            return ReadQuoted(text, ref at, ref line, name);
        }

        int length = text.AsSpan(at).IndexOfAny(',', '\n');
        int end = length < 0 ? text.Length : at + length;
        string field = text[at..end];
        at = end;
        return end == text.Length || text[end] == '\n' ? field.TrimEnd('\r') : field;
    }

    private static string ReadQuoted(string text, ref int at, ref int line, string name)
    {
        int firstLine = line;
        var field = new StringBuilder();
        at++;
        while (at < text.Length)
        {
            char next = text[at++];
            if (next == '"' && at < text.Length && text[at] == '"')
            {
                at++;
            }
            else if (next == '"')
            {
                if (at + 1 < text.Length && text[at] == '\r' && text[at + 1] == '\n')
                {
                    at++;
                }

                return at == text.Length || text[at] is ',' or '\n'
                    ? field.ToString()
                    : throw new SemiDefectException($"'{name}', line {line}: a comma or the end of the line must follow a closing quotation mark.");
            }

            line += next == '\n' ? 1 : 0;
            field.Append(next);
        }

        throw new SemiDefectException($"'{name}', line {firstLine}: a quotation mark is opened and never closed.");
    }
}
