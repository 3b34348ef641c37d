using System.Globalization;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>Formats numbers and paths for display, independent of the culture.</summary>
internal static class Text
{
    /// <summary>Formats a number with five significant digits.</summary>
    public static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);

    /// <summary>Replaces control characters, so that a file name cannot control the terminal.</summary>
    public static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));

    /// <summary>Formats a CSV field (RFC 4180).</summary>
    public static string CsvField(string value) =>
        value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
