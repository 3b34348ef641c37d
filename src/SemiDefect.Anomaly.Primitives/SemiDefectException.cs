namespace SemiDefect.Anomaly;

/// <summary>
/// The base of every error that the user can mend. The message is one line: what is wrong, and what to do.
/// </summary>
public class SemiDefectException : Exception
{
    /// <summary>Makes an exception whose message is shown to the user as it is, but for control characters.</summary>
    public SemiDefectException(string message)
        : base(OneLine(message))
    {
    }

    /// <summary>Makes an exception with the error that led to it.</summary>
    public SemiDefectException(string message, Exception? innerException)
        : base(OneLine(message), innerException)
    {
    }

    // File names and cells of tables come into messages, and may hold anything.
    private static string OneLine(string message) => message.Any(char.IsControl)
        ? string.Concat(message.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? '?' : c))
        : message;
}
