using System.Globalization;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>Cells of comma-separated values (RFC 4180). Stateless.</summary>
internal static class CsvText
{
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A text, quoted where it has to be; empty for null.</summary>
    public static string Cell(string? text)
    {
        text ??= string.Empty;

        // A spreadsheet would run such text as a formula.
        string safe = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' ? $"'{text}" : text;
        return safe.AsSpan().ContainsAny(",\"\r\n")
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }
}
