namespace SemiDefect.Anomaly.IO;

/// <summary>Text of one short line, as names and notes in files are. Thread-safe: nothing is kept.</summary>
internal static class PlainText
{
    private const int Longest = 1000;

    /// <summary>Whether it has no control characters, nor more than 1,000 characters.</summary>
    public static bool IsLine(string text) => text.Length <= Longest && !text.Any(char.IsControl);

    /// <summary>Whether it is such a line with something in it.</summary>
    public static bool IsName(string? text) => !string.IsNullOrWhiteSpace(text) && IsLine(text);
}
