using System.Globalization;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>Numbers and paths as people read them, the same in every culture.</summary>
internal static class Text
{
    /// <summary>Five significant digits.</summary>
    public static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);

    /// <summary>Control characters replaced, so that a file name cannot steer the terminal.</summary>
    public static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));

    /// <summary>A field of a CSV line (RFC 4180).</summary>
    public static string CsvField(string value) =>
        value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
