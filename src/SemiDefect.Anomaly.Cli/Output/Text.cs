using System.Globalization;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>Formats numbers and paths for display, independent of the culture.</summary>
internal static class Text
{
    /// <summary>Formats a number with five significant digits.</summary>
    public static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);

    /// <summary>Pads numbers so that their decimal points are below each other, and all have the same length.</summary>
    public static string[] AlignNumbers(IReadOnlyList<string> numbers)
    {
        int before = numbers.Select(WholeLength).DefaultIfEmpty().Max();
        string[] aligned = [.. numbers.Select(number => number.PadLeft(before - WholeLength(number) + number.Length))];
        int length = aligned.Select(number => number.Length).DefaultIfEmpty().Max();
        return [.. aligned.Select(number => number.PadRight(length))];
    }

    private static int WholeLength(string number) =>
        number.IndexOf('.', StringComparison.Ordinal) is >= 0 and int point ? point : number.Length;

    /// <summary>Replaces control characters, so that a file name cannot control the terminal.</summary>
    public static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));

    /// <summary>Formats a CSV field (RFC 4180).</summary>
    public static string CsvField(string value) =>
        value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
