namespace SemiDefect.Anomaly.IO;

/// <summary>Checks short single-line text, such as names and notes in files. Stateless and thread-safe.</summary>
internal static class PlainText
{
    private const int Longest = 1000;

    /// <summary>Whether the text has no control characters and at most 1,000 characters.</summary>
    public static bool IsLine(string text) => text.Length <= Longest && !text.Any(char.IsControl);

    /// <summary>Whether the text is such a line and not blank.</summary>
    public static bool IsName(string? text) => !string.IsNullOrWhiteSpace(text) && IsLine(text);
}
